package ingest

import "strings"

// Catalogue lists every check, what refuses before what warns. It is what the code runs and what docs/checks.md is made
// from.
func Catalogue() []Check { return catalogue[:] }

// A check that neither row nor step carries out is made where the file is read or a series begins.
var catalogue = [...]Check{
	{
		Code: FieldMissing,
		Rule: "A row has datetime, open, high, low and close, and the meta before it names symbol and interval. A " +
			"volume may be missing.",
		Example:    daily(`{"datetime":"2018-02-07","open":"163.08","high":"163.40","low":"159.07"}`),
		row:        fieldMissing,
		excludedBy: plain,
	},
	{
		Code:       FieldType,
		Rule:       "A row is an object, its datetime a string, and its prices and volume are strings or numbers.",
		Example:    daily(`{"datetime":"2018-02-07","open":null,"high":"163.40","low":"159.07","close":"159.54"}`),
		row:        fieldType,
		excludedBy: plain,
	},
	{
		Code: FieldTooLong,
		Rule: "A number has at most 32 characters, and what the meta says at most 100 bytes each.",
		Example: daily(
			`{"datetime":"2018-02-07","open":"1","high":"1","low":"0.0000000000000000000000000000000001","close":"1"}`,
		),
		row:        fieldTooLong,
		excludedBy: plain,
	},
	{
		Code: NotANumber,
		Rule: "A price or volume is a decimal number: an optional minus, digits without a leading zero, an optional " +
			"fraction. NaN, Inf, exponents, hexadecimal, underscores, spaces and a plus are none.",
		Example:    daily(`{"datetime":"2018-02-07","open":"1.6e2","high":"NaN","low":"0x9f","close":"159_54"}`),
		row:        notANumber,
		excludedBy: plain,
	},
	{
		Code:       PriceNotPositive,
		Rule:       "A price is above zero.",
		Example:    daily(`{"datetime":"2018-02-07","open":"163.08","high":"163.40","low":"0","close":"159.54"}`),
		row:        priceNotPositive,
		excludedBy: positive,
	},
	{
		Code: VolumeNegative, Field: "volume",
		Rule: "A volume is not below zero.",
		Example: daily(
			`{"datetime":"2018-02-07","open":"163.08","high":"163.40","low":"159.07","close":"159.54","volume":"-1"}`,
		),
		row:        volumeNegative,
		excludedBy: traded,
	},
	{
		Code: HighBelowLow, Field: "high",
		Rule: "The high is not below the low. Prices are compared as decimals, whatever their length.",
		Example: daily(
			`{"datetime":"2018-02-07","open":"160","high":"159.06999999999999999999","low":"159.07","close":"160"}`,
		),
		row:        inOrder(highPrice, orders{{highPrice, lowPrice}}),
		excludedBy: ordered,
	},
	{
		Code: HighBelowBody, Field: "high",
		Rule:       "The high is not below the open or the close.",
		Example:    daily(`{"datetime":"2018-02-07","open":"163.08","high":"163.00","low":"159.07","close":"159.54"}`),
		row:        inOrder(highPrice, orders{{highPrice, openPrice}, {highPrice, closePrice}}),
		excludedBy: ordered,
	},
	{
		Code: LowAboveBody, Field: "low",
		Rule:       "The low is not above the open or the close.",
		Example:    daily(`{"datetime":"2018-02-07","open":"163.08","high":"163.40","low":"160","close":"159.54"}`),
		row:        inOrder(lowPrice, orders{{openPrice, lowPrice}, {closePrice, lowPrice}}),
		excludedBy: ordered,
	},
	{
		Code: IntervalFormat, Field: "interval",
		Rule:    "The interval is a number and min, h, day, week or month.",
		Example: `{"meta":{"symbol":"AAPL","interval":"fortnight"},"values":[` + goodRow + `]}`,
	},
	{
		Code: DatetimeFormat, Field: "datetime",
		Rule: "A datetime is a day of the years 1900 to 2099, yyyy-mm-dd, followed by hh:mm:ss if and only if the " +
			"interval is shorter than a day.",
		Example:    daily(`{"datetime":"2018-02-30","open":"163.08","high":"163.40","low":"159.07","close":"159.54"}`),
		row:        datetimeFormat,
		excludedBy: plain,
	},
	{
		Code: FutureBar, Field: "datetime",
		Rule: "A bar does not begin after the file was first seen, by the clock of the exchange; where its zone is " +
			"not known, by the clock that is farthest ahead.",
		Example:    daily(`{"datetime":"2099-12-31","open":"163.08","high":"163.40","low":"159.07","close":"159.54"}`),
		step:       func(_ *series, _ *row, beside step) bool { return beside.future },
		detail:     "%s had not come when the file was first seen",
		excludedBy: follows,
	},
	{
		Code:       DuplicateBar,
		Rule:       "A series has one bar for each time. This one says what an earlier row of the file has said.",
		Example:    daily(goodRow + `,` + goodRow),
		step:       func(_ *series, _ *row, beside step) bool { return beside.known && beside.same },
		detail:     "the bar of %s again",
		excludedBy: follows,
	},
	{
		Code: ConflictingBar,
		Rule: "A series has one bar for each time. This one says other than an earlier row of the file, which was " +
			"taken.",
		Example: daily(
			goodRow + `,{"datetime":"2018-02-07","open":"163.08","high":"163.40","low":"159.07","close":"159.55"}`,
		),
		step:       func(_ *series, _ *row, beside step) bool { return beside.known && !beside.same },
		detail:     "another bar of %s has other figures",
		excludedBy: follows,
	},
	{
		Code: ProviderError,
		Rule: "The provider sent an error in place of a series. Where the whole file is one, nothing of it can be " +
			"used.",
		Example: `{"AAPL":` + daily(goodRow) + `,"NOPE":{"code":404,"message":"symbol not found","status":"error"}}`,
	},
	{
		Code: NoSeries,
		Rule: "What stands in place of a series is a series. Where there is none in the whole file, nothing of it " +
			"can be used.",
		Example: `{"AAPL":` + daily(goodRow) + `,"EUR/USD":{"rate":1.2345}}`,
	},
	{
		Code: OutOfOrder, Field: "datetime",
		Rule:       "The bars of a series go one way in time. Here they turn round.",
		Example:    daily(goodRow + `,` + goodRowOf("2018-02-05") + `,` + goodRowOf("2018-02-06")),
		step:       func(_ *series, _ *row, beside step) bool { return beside.turns },
		excludedBy: follows,
	},
	{
		Code: NonSessionBar, Field: "datetime",
		Rule: "A bar of a share traded in the United States is of a trading day of the New York Stock Exchange, and " +
			"one within a day of 04:00 to 20:00, or to 17:00 where trading ends early.",
		Example:    american(goodRowOf("2018-02-19")),
		step:       nonSession,
		excludedBy: follows,
	},
	{
		Code: MissingSession, later: true,
		Rule: "Between two bars of a share traded in the United States there is no trading day without one. Counted " +
			"once for each gap, and noted on the bar after it.",
		Example:    american(goodRow + `,` + goodRowOf("2018-02-05")),
		step:       missingSession,
		excludedBy: follows,
	},
	{
		Code: VolumeFraction, Field: "volume",
		Rule: "A number of shares is whole. Pairs of currencies are exempt.",
		Example: daily(
			`{"datetime":"2018-02-07","open":"163.08","high":"163.40","low":"159.07","close":"159.54","volume":"0.5"}`,
		),
		step: func(s *series, r *row, _ step) bool {
			return !s.fractions && r.has(volume) && !r.whole(volume)
		},
		excludedBy: traded,
	},
	{
		Code: ZeroVolumeMoved, Field: "volume",
		Rule: "Where nothing was traded, open, high, low and close are one.",
		Example: daily(
			`{"datetime":"2018-02-07","open":"163.08","high":"163.40","low":"159.07","close":"159.54","volume":"0"}`,
		),
		step: func(_ *series, r *row, _ step) bool {
			return r.has(volume) && r.sign(volume) == 0 && r.below(lowPrice, highPrice)
		},
		excludedBy: traded,
	},
	{
		Code: SplitLikeJump, Field: "close", later: true,
		Rule: "The close is 2, 3, 4, 5, 7, 10 or 20 times that of the bar before, or one of these parts of it, " +
			"within 3 %: a split that was not applied, rather than a move. Bars more than a week and two " +
			"intervals apart are not compared.",
		Example:    daily(goodRow + `,{"datetime":"2018-02-06","open":"320","high":"326","low":"308","close":"320"}`),
		step:       splitLike,
		excludedBy: near,
	},
	{
		Code: Scale100x, Field: "close", later: true,
		Rule: "The close is a hundred times that of the bar before, or a hundredth of it, within 10 %: pence for " +
			"pounds, rather than a move.",
		Example: daily(
			goodRow + `,{"datetime":"2018-02-06","open":"1.60","high":"1.63","low":"1.54","close":"1.60"}`,
		),
		step:       scaled,
		excludedBy: near,
	},
	{
		Code:    StaleSeries,
		Rule:    "The latest bar of a series began at most a week and two intervals before the file was first seen.",
		Example: daily(goodRow),
	},
	{
		Code: SymbolMismatch, Field: "symbol",
		Rule: "A batch has each series under its own symbol. What was asked for by another identifier is found here " +
			"too.",
		Example: `{"US0378331005":` + daily(goodRow) + `}`,
	},
	{
		Code: MixedInterval, Field: "interval",
		Rule: "All series of a file have the interval of the first one.",
		Example: `{"AAPL":` + daily(goodRow) +
			`,"MSFT":{"meta":{"symbol":"MSFT","interval":"1week"},"values":[` + goodRow + `]}}`,
	},
	{
		Code: MalformedJSON,
		Rule: "The file is JSON (RFC 8259) in UTF-8 without a byte order mark, whole, no name twice in one object, " +
			"and nothing behind it.",
		Example: `{"meta":{"symbol":"AAPL","interval":"1day"},"values":[`,
	},
	{
		Code:    MalformedGzip,
		Rule:    "A file that begins like a gzip file (RFC 1952) is one, whole.",
		Example: "\x1f\x8b, and then something else",
	},
	{
		Code:    TooLarge,
		Rule:    "The file, a value in it, how deep it nests and how far it unfolds keep to the limits.",
		Example: `{"AAPL":` + nested + `}`,
	},
}

// The examples of the catalogue are about one row each.
const goodRow = `{"datetime":"2018-02-07","open":"163.08","high":"163.40","low":"159.07","close":"159.54"}`

// nested is deeper than anything that the provider sends.
var nested = strings.Repeat("[", 70) + strings.Repeat("]", 70)

func goodRowOf(day string) string {
	return `{"datetime":"` + day + goodRow[len(`{"datetime":"2018-02-07`):]
}

func daily(rows string) string {
	return `{"meta":{"symbol":"AAPL","interval":"1day"},"values":[` + rows + `]}`
}

func american(rows string) string {
	return `{"meta":{"symbol":"AAPL","interval":"1day","mic_code":"XNGS"},"values":[` + rows + `]}`
}
