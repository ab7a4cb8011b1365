package pipeline

// Reject is one line of `rejects/`: a row, or a whole file, that was refused, with every reason.
type Reject struct {
	// Schema is [Schema]. Rejects of version 1 have none.
	Schema int `json:"schema,omitempty"`
	// RunID is the run that refused it.
	RunID string `json:"run_id"`
	// Source is the object that held it.
	Source Source `json:"source"`
	// Smoke marks a smoke test; see [SmokeMetadata].
	Smoke bool `json:"smoke,omitempty"`
	// Pointer is the JSON pointer (RFC 6901) of the refused value in the source, such as `/AAPL/values/3`; empty for a
	// file.
	Pointer string `json:"pointer"`
	// Offset is the byte in the source where the refused value begins, or where the source broke.
	Offset int64 `json:"offset"`
	// Symbol is the symbol whose series held the row, where known.
	Symbol string `json:"symbol,omitempty"`
	// Series is what the source says of the row's series; nil for a file.
	Series *SeriesMeta `json:"series,omitempty"`
	// Datetime is the datetime that the row claims, where it is a string.
	Datetime string `json:"datetime,omitempty"`
	// Raw is the refused value as the source spells it, at most [MaxRaw] bytes, possibly cut.
	Raw string `json:"raw,omitempty"`
	// Reasons is never empty.
	Reasons []Reason `json:"reasons"`
	// Rules is the version of the checks that refused it.
	Rules string `json:"rules"`
}

// SeriesMeta is what a file says of all rows of a series, under the provider's own names.
type SeriesMeta struct {
	Symbol           string `json:"symbol,omitempty"`
	Interval         string `json:"interval,omitempty"`
	Currency         string `json:"currency,omitempty"`
	CurrencyQuote    string `json:"currency_quote,omitempty"`
	Exchange         string `json:"exchange,omitempty"`
	ExchangeTimezone string `json:"exchange_timezone,omitempty"`
	MICCode          string `json:"mic_code,omitempty"`
	Type             string `json:"type,omitempty"`
}

// MaxRaw bounds [Reject.Raw], in bytes.
const MaxRaw = 2048

// Reason says why something was refused.
type Reason struct {
	// Code is a stable name, such as HIGH_BELOW_BODY.
	Code string `json:"code"`
	// Field is the field it points to, where one is to blame.
	Field string `json:"field,omitempty"`
	// Detail says it to a person, with the values.
	Detail string `json:"detail"`
}

// Source names one version of one input object.
type Source struct {
	Bucket string `json:"bucket,omitempty"`
	// Key is the decoded object key.
	Key string `json:"key"`
	// ETag is without quotes.
	ETag string `json:"etag"`
	// VersionID is empty where the bucket is not versioned.
	VersionID string `json:"version_id,omitempty"`
	// Size is in bytes.
	Size int64 `json:"size"`
}
