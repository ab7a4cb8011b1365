package pipeline

import "slices"

// Codes lists every code that a finding may have: the checks of the ingestor in the order of its catalogue, then the
// kinds of anomalies. The codes of a [DataProblem] are among the checks.
func Codes() []Code { return slices.Clone(codes[:]) }

// codes is the table. The words of the mail, the terminal, the generated sentences and the documents come from here.
var codes = [...]Code{
	{Code: "FIELD_MISSING", Level: LevelReject, About: AboutRow, Words: "without a required field"},
	{Code: "FIELD_TYPE", Level: LevelReject, About: AboutRow, Words: "with a field of the wrong type"},
	{Code: "FIELD_TOO_LONG", Level: LevelReject, About: AboutRow, Words: "with a field that is too long"},
	{Code: "NOT_A_NUMBER", Level: LevelReject, About: AboutRow, Words: "with a price or volume that is not a number"},
	{Code: "PRICE_NOT_POSITIVE", Level: LevelReject, About: AboutRow, Words: "with a price of zero or less"},
	{Code: "VOLUME_NEGATIVE", Level: LevelReject, About: AboutRow, Words: "with a negative volume"},
	{Code: "HIGH_BELOW_LOW", Level: LevelReject, About: AboutRow, Words: "whose high is below the low"},
	{Code: "HIGH_BELOW_BODY", Level: LevelReject, About: AboutRow, Words: "whose high is below the open or the close"},
	{Code: "LOW_ABOVE_BODY", Level: LevelReject, About: AboutRow, Words: "whose low is above the open or the close"},
	{Code: "INTERVAL_FORMAT", Level: LevelReject, About: AboutRow, Words: "with an unknown interval"},
	{Code: "DATETIME_FORMAT", Level: LevelReject, About: AboutRow, Words: "with an unreadable date or time"},
	{Code: "FUTURE_BAR", Level: LevelReject, About: AboutRow, Words: "dated after the file arrived"},
	{Code: "DUPLICATE_BAR", Level: LevelReject, About: AboutRow, Words: "that the file has twice"},
	{
		Code: "CONFLICTING_BAR", Level: LevelReject, About: AboutRow,
		Words: "that the file has twice, with different figures",
	},
	{Code: "PROVIDER_ERROR", Level: LevelReject, About: AboutSeries, Words: "for which the provider sent an error"},
	{Code: "NO_SERIES", Level: LevelReject, About: AboutSeries, Words: "for which the file holds something else"},
	{Code: "OUT_OF_ORDER", Level: LevelWarn, About: AboutBar, Words: "where the dates of a series change direction"},
	{Code: "NON_SESSION_BAR", Level: LevelWarn, About: AboutBar, Words: "dated when the exchange was closed"},
	{Code: "MISSING_SESSION", Level: LevelWarn, About: AboutBar, Words: "after a missing trading day"},
	{Code: "VOLUME_FRACTION", Level: LevelWarn, About: AboutBar, Words: "with a fraction of a share as volume"},
	{Code: "ZERO_VOLUME_MOVED", Level: LevelWarn, About: AboutBar, Words: "whose price moved without volume"},
	{Code: SplitLikeJump, Level: LevelWarn, About: AboutBar, Words: "whose price jumped as after a split"},
	{Code: Scale100x, Level: LevelWarn, About: AboutBar, Words: "whose price is off by a factor of a hundred"},
	{
		Code: "STALE_SERIES", Level: LevelWarn, About: AboutSeries,
		Words: "that ended more than a week before the file arrived",
	},
	{
		Code: "SYMBOL_MISMATCH", Level: LevelWarn, About: AboutSeries,
		Words: "under another symbol than was asked for",
	},
	{
		Code: "MIXED_INTERVAL", Level: LevelWarn, About: AboutSeries,
		Words: "with another interval than the first of the file",
	},
	{Code: "MALFORMED_JSON", Level: LevelFile, About: AboutFile, Words: "whose content is not valid JSON"},
	{Code: "MALFORMED_GZIP", Level: LevelFile, About: AboutFile, Words: "whose compression is damaged"},
	{Code: "TOO_LARGE", Level: LevelFile, About: AboutFile, Words: "too large or too deeply nested to be read"},

	{
		Code: string(VolumeSpike), Level: LevelAnomaly, About: AboutBar, Measure: MeasureMultiple,
		Words: "volume above {threshold} its average", Statement: "traded {value} its usual volume",
	},
	{
		Code: string(LargeMove), Level: LevelAnomaly, About: AboutBar, Measure: MeasurePercent,
		Words: "moved more than {threshold} in one {bar}", Statement: "changed by {value}",
	},
	{
		Code: string(UnusualMove), Level: LevelAnomaly, About: AboutBar, Measure: MeasureScore,
		Words:     "change of one {bar} far from its usual ones, robust z beyond {threshold}",
		Statement: "moved {value} from its usual change",
	},
	{
		Code: string(Gap), Level: LevelAnomaly, About: AboutBar, Measure: MeasurePercent,
		Words:     "opened outside the range of the {bar} before, by more than {threshold}",
		Statement: "opened with a gap of {value}",
	},
	{
		Code: string(RecordHigh), Level: LevelAnomaly, About: AboutBar, Measure: MeasurePercent,
		Words:     "beyond the highest close of 52 weeks; {threshold} is a usual move",
		Statement: "closed at a record high of a year",
	},
	{
		Code: string(RecordLow), Level: LevelAnomaly, About: AboutBar, Measure: MeasurePercent,
		Words:     "below the lowest close of 52 weeks; {threshold} is a usual move",
		Statement: "closed at a record low of a year",
	},
	{
		Code: string(VolatilityShift), Level: LevelAnomaly, About: AboutBar, Measure: MeasureMultiple,
		Words:     "volatility of 10 changes, over that of the 60 before",
		Statement: "had become {value} as volatile as before",
	},
}
