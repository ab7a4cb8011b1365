package ingest

import "github.com/mejan/mejan/functions/pipeline"

// Codes of the checks, in the order of [Catalogue].
const (
	FieldMissing     = "FIELD_MISSING"
	FieldType        = "FIELD_TYPE"
	FieldTooLong     = "FIELD_TOO_LONG"
	NotANumber       = "NOT_A_NUMBER"
	PriceNotPositive = "PRICE_NOT_POSITIVE"
	VolumeNegative   = "VOLUME_NEGATIVE"
	HighBelowLow     = "HIGH_BELOW_LOW"
	HighBelowBody    = "HIGH_BELOW_BODY"
	LowAboveBody     = "LOW_ABOVE_BODY"
	IntervalFormat   = "INTERVAL_FORMAT"
	DatetimeFormat   = "DATETIME_FORMAT"
	FutureBar        = "FUTURE_BAR"
	DuplicateBar     = "DUPLICATE_BAR"
	ConflictingBar   = "CONFLICTING_BAR"
	ProviderError    = "PROVIDER_ERROR"
	NoSeries         = "NO_SERIES"
	OutOfOrder       = "OUT_OF_ORDER"
	NonSessionBar    = "NON_SESSION_BAR"
	MissingSession   = "MISSING_SESSION"
	VolumeFraction   = "VOLUME_FRACTION"
	ZeroVolumeMoved  = "ZERO_VOLUME_MOVED"
	SplitLikeJump    = pipeline.SplitLikeJump
	Scale100x        = pipeline.Scale100x
	StaleSeries      = "STALE_SERIES"
	SymbolMismatch   = "SYMBOL_MISMATCH"
	MixedInterval    = "MIXED_INTERVAL"
	MalformedJSON    = "MALFORMED_JSON"
	MalformedGzip    = "MALFORMED_GZIP"
	TooLarge         = "TOO_LARGE"
)

// Check is one thing that may be found.
type Check struct {
	// Code is its stable name. Its level and its words stand in [pipeline.Codes].
	Code string
	// Field is the field that a finding points to, empty where it is the row, the series or the file.
	Field string
	// Rule says to a person what has to hold, or what was found.
	Rule string
	// Example is a file in which it is found.
	Example string
	// row is for what a row shows by itself. It tells each finding.
	row func(s *series, r *row, tell *findings)
	// step is for what shows beside other rows, of a row that is right by itself. Where that refuses the row, detail says
	// it to a person; %s stands for the row's datetime.
	step   func(s *series, r *row, beside step) bool
	detail string
	// excludedBy are facts of which one is enough for the check to find nothing. Without any, the check is made of every
	// row.
	excludedBy facts
	// later says that a finding is about the step from one bar to the next in time, and belongs to the later one.
	later bool
}

// Level says what a finding of the check does.
func (c Check) Level() pipeline.Level { return pipeline.CodeOf(c.Code, "").Level }

// checkOf is the place of a code in the catalogue.
func checkOf(code string) int {
	for i := range catalogue {
		if catalogue[i].Code == code {
			return i
		}
	}
	panic("no check " + code)
}
