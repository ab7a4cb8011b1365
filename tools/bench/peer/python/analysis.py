"""Analyses rows of processed/ as a plain script would: analysis.py FILE. Prints figures by symbol, and of the market."""
import json
import math
import statistics
import sys

YEAR = 252  # sessions


def change(closes, bars):
    """Percent over that many bars, None where there are not as many."""
    return 100 * (closes[-1] / closes[-1 - bars] - 1) if len(closes) > bars else None


def trend(closes):
    """Least squares through the logarithms of the last 20 closes: percent per bar, and the share explained."""
    if len(closes) < 5:
        return None
    y = [math.log(c) for c in closes[-20:]]
    n = len(y)
    mean_x, mean_y = (n - 1) / 2, sum(y) / n
    sxx = sum((i - mean_x) ** 2 for i in range(n))
    sxy = sum((i - mean_x) * (v - mean_y) for i, v in enumerate(y))
    syy = sum((v - mean_y) ** 2 for v in y)
    return {"slope": 100 * (math.exp(sxy / sxx) - 1), "r2": sxy * sxy / (sxx * syy) if syy else 0.0}


def rsi(closes, n=14):
    """Wilder's relative strength."""
    moves = [b - a for a, b in zip(closes, closes[1:])]
    if len(moves) < n:
        return None
    gain = sum(m for m in moves[:n] if m > 0) / n
    loss = -sum(m for m in moves[:n] if m < 0) / n
    for move in moves[n:]:
        gain = (gain * (n - 1) + max(move, 0)) / n
        loss = (loss * (n - 1) + max(-move, 0)) / n
    return 100 * gain / (gain + loss) if gain + loss else None


def ema(values, n):
    """Exponential averages, the first one the mean of n values."""
    average = sum(values[:n]) / n
    averages = [average]
    for value in values[n:]:
        average += 2 / (n + 1) * (value - average)
        averages.append(average)
    return averages


def macd(closes):
    """(12, 26, 9)"""
    if len(closes) < 34:
        return None
    lines = [fast - slow for fast, slow in zip(ema(closes, 12)[14:], ema(closes, 26))]
    signal = ema(lines, 9)[-1]
    return {"line": lines[-1], "signal": signal, "histogram": lines[-1] - signal}


def atr(highs, lows, closes, n=14):
    """Wilder's average true range."""
    ranges = [max(h, c) - min(l, c) for h, l, c in zip(highs[1:], lows[1:], closes)]
    if len(ranges) < n:
        return None
    average = sum(ranges[:n]) / n
    for value in ranges[n:]:
        average = (average * (n - 1) + value) / n
    return average


def drawdown(closes):
    """Percent below the highest close so far: of the last bar, and at most."""
    highest, most = closes[0], 0.0
    for close in closes:
        highest = max(highest, close)
        most = min(most, close / highest - 1)
    return {"current": 100 * (closes[-1] / highest - 1), "maximum": 100 * most}


def bollinger(closes):
    """%b of (20, 2)"""
    if len(closes) < 20:
        return None
    deviation = statistics.pstdev(closes[-20:])
    lower = statistics.fmean(closes[-20:]) - 2 * deviation
    return (closes[-1] - lower) / (4 * deviation) if deviation else None


def insight(symbol, rows):
    """All figures of one symbol."""
    rows.sort()
    _, _, highs, lows, closes, volumes = (list(column) for column in zip(*rows))
    n = len(closes)
    changes = [100 * (b / a - 1) for a, b in zip(closes[-21:], closes[-20:])]
    volatility = statistics.stdev(changes) if n > 20 else None
    spread = sum(math.log(h / l) ** 2 for h, l in zip(highs[-20:], lows[-20:]))
    low, high = min(lows), max(highs)  # of less than 52 weeks in this file
    sma_20 = sum(closes[-20:]) / 20 if n >= 20 else None
    sma_50 = sum(closes[-50:]) / 50 if n >= 50 else None
    before = volumes[-21:-1]
    return {
        "symbol": symbol, "bars": n, "session": rows[-1][0], "close": closes[-1],
        "change_1": change(closes, 1), "change_5": change(closes, 5), "change_20": change(closes, 20),
        "change_all": change(closes, n - 1), "momentum": change(closes, 10),
        "range": 100 * (closes[-1] - low) / (high - low) if high > low else None,
        "trend": trend(closes), "sma_20": sma_20, "sma_50": sma_50,
        "sma_gap": 100 * (sma_20 / sma_50 - 1) if sma_50 else None,
        "rsi_14": rsi(closes), "macd": macd(closes), "volatility": volatility,
        "volatility_annual": volatility and volatility * math.sqrt(YEAR),
        "parkinson": 100 * math.sqrt(spread / (80 * math.log(2)) * YEAR) if n >= 20 else None,
        "atr_14": atr(highs, lows, closes), "drawdown": drawdown(closes),
        "relative_volume": volumes[-1] / (sum(before) / len(before)) if len(before) >= 5 else None,
        "bollinger": bollinger(closes), "volume": volumes[-1],
    }


def market(insights):
    """What is computed over all symbols."""
    changes = [i["change_1"] for i in insights if i["change_1"] is not None]
    ranked = sorted(insights, key=lambda i: (-i["change_1"], i["symbol"]))
    rising = [i for i in insights if round(i["change_1"], 6) > 0]
    falling = [i for i in insights if round(i["change_1"], 6) < 0]
    up, down = sum(i["volume"] for i in rising), sum(i["volume"] for i in falling)
    return {
        "advancers": len(rising), "decliners": len(falling), "unchanged": len(changes) - len(rising) - len(falling),
        "average_change": statistics.fmean(changes), "median_change": statistics.median(changes),
        "dispersion": statistics.pstdev(changes),
        "top_gainers": [i["symbol"] for i in ranked[:5]], "top_losers": [i["symbol"] for i in ranked[:-6:-1]],
        "above_sma_50": 100 * sum(i["close"] > i["sma_50"] for i in insights) / len(insights),
        "trin": (len(rising) / len(falling)) / (up / down) if falling and up else None,
    }


def main(path):
    series = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            series.setdefault(row["symbol"], []).append(
                (row["datetime"], row["open"], row["high"], row["low"], row["close"], row["volume"])
            )
    insights = [insight(symbol, rows) for symbol, rows in sorted(series.items())]
    json.dump({"insights": insights, "aggregates": market(insights)}, sys.stdout)


main(sys.argv[1])
