"""Checks a batch of bars as a plain script would: ingest.py FILE PROCESSED REJECTS."""
import json
import re
import sys
from datetime import date, datetime

REQUIRED = ("datetime", "open", "high", "low", "close")
NUMBERS = ("open", "high", "low", "close", "volume")
is_decimal = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?").fullmatch
is_date = re.compile(r"\d{4}-\d\d-\d\d").fullmatch
is_time = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").fullmatch
today = date.today().isoformat()


def check_datetime(text):
    """The code of what is wrong with a datetime, or None."""
    try:
        if is_date(text):
            date.fromisoformat(text)
        elif is_time(text):
            datetime.fromisoformat(text)
        else:
            return "DATETIME_FORMAT"
    except ValueError:
        return "DATETIME_FORMAT"
    return "FUTURE_BAR" if text > today else None


def check(row, bar):
    """Fills a bar from a row and returns the codes of what is wrong with it."""
    reasons = []
    for name in REQUIRED:
        if name not in row:
            reasons.append("FIELD_MISSING")
        elif not isinstance(row[name], str):
            reasons.append("FIELD_TYPE")
    when = row.get("datetime")
    if isinstance(when, str):
        bar["datetime"] = when
        if code := check_datetime(when):
            reasons.append(code)
    values = {}
    for name in NUMBERS:
        text = row.get(name)
        if not isinstance(text, str):
            if name == "volume" and name in row:
                reasons.append("FIELD_TYPE")
        elif not is_decimal(text):
            reasons.append("NOT_A_NUMBER")
        elif name == "volume":
            bar[name] = int(text) if text.isdecimal() else float(text)
            if bar[name] < 0:
                reasons.append("VOLUME_NEGATIVE")
        else:
            values[name] = bar[name] = float(text)
            if values[name] <= 0:
                reasons.append("PRICE_NOT_POSITIVE")
    if len(values) == 4:
        first, high, low, last = values["open"], values["high"], values["low"], values["close"]
        if high < low:
            reasons.append("HIGH_BELOW_LOW")
        if high < first or high < last:
            reasons.append("HIGH_BELOW_BODY")
        if low > first or low > last:
            reasons.append("LOW_ABOVE_BODY")
    return reasons


def main(path, processed, rejects):
    valid = invalid = 0
    with open(path, encoding="utf-8") as file:
        batch = json.loads(file.read())
    with open(processed, "w", encoding="utf-8") as good, open(rejects, "w", encoding="utf-8") as bad:
        for series in batch.values():
            meta = series["meta"]
            symbol, interval = meta["symbol"], meta["interval"]
            rest = {"currency": meta["currency"], "exchange": meta["exchange"]}
            for row in series["values"]:
                bar = {"symbol": symbol, "interval": interval}
                reasons = check(row, bar)
                if reasons:
                    invalid += 1
                    bad.write(json.dumps({"symbol": symbol, "raw": row, "reasons": reasons}) + "\n")
                else:
                    valid += 1
                    bar.update(rest)
                    good.write(json.dumps(bar) + "\n")
    print(json.dumps({"raw": valid + invalid, "valid": valid, "invalid": invalid}))


main(*sys.argv[1:])
