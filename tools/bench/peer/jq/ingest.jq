# A line for each row of a batch: a bar, or an object that begins with the reasons against the row.

def is_decimal: test("^-?(0|[1-9][0-9]*)([.][0-9]+)?$");

# strptime takes days that a month does not have; only a date that comes back as it went is one.
def is_date:
	test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
	and ((try (strptime("%Y-%m-%d") | mktime | strftime("%Y-%m-%d")) catch "") == .);

def of_datetime:
	if . == null then "FIELD_MISSING"
	elif type != "string" then "FIELD_TYPE"
	elif is_date | not then "DATETIME_FORMAT"
	elif . > $today then "FUTURE_BAR"
	else empty end;

def of_price:
	if . == null then "FIELD_MISSING"
	elif type != "string" then "FIELD_TYPE"
	elif is_decimal | not then "NOT_A_NUMBER"
	elif tonumber <= 0 then "PRICE_NOT_POSITIVE"
	else empty end;

def of_volume:
	if type != "string" then "FIELD_TYPE"
	elif is_decimal | not then "NOT_A_NUMBER"
	elif tonumber < 0 then "VOLUME_NEGATIVE"
	else empty end;

def of_order:
	if .high < .low then "HIGH_BELOW_LOW" else empty end,
	if .high < .open or .high < .close then "HIGH_BELOW_BODY" else empty end,
	if .low > .open or .low > .close then "LOW_ABOVE_BODY" else empty end;

def reasons:
	[ (.datetime | of_datetime), ((.open, .high, .low, .close) | of_price), (select(has("volume")) | .volume | of_volume) ];

.[]
| .meta as $meta
| .values[]
| . as $row
| reasons as $wrong
| if $wrong != [] then {reasons: $wrong, symbol: $meta.symbol, raw: $row}
  else
	{ symbol: $meta.symbol, interval: $meta.interval, datetime,
	  open: (.open | tonumber), high: (.high | tonumber), low: (.low | tonumber), close: (.close | tonumber) }
	+ (if has("volume") then {volume: (.volume | tonumber)} else {} end)
	+ {currency: $meta.currency, exchange: $meta.exchange}
	| [of_order] as $order
	| if $order == [] then . else {reasons: $order, symbol: $meta.symbol, raw: $row} end
  end
