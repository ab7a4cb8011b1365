package ingest

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/mejan/mejan/functions/pipeline"
)

// Codes of what a row may be refused for.
const (
	// FieldMissing is a row, or its meta, without a field that it must have.
	FieldMissing = "FIELD_MISSING"
	// FieldType is a value that is neither a string nor a number where one of them is due.
	FieldType = "FIELD_TYPE"
	// NotANumber is text that is not a decimal number; exponents are not taken.
	NotANumber = "NOT_A_NUMBER"
	// FieldTooLong is a number or a name that no market has, and that what comes behind could not store.
	FieldTooLong     = "FIELD_TOO_LONG"
	PriceNotPositive = "PRICE_NOT_POSITIVE"
	VolumeNegative   = "VOLUME_NEGATIVE"
	// HighBelowBody is a high below the open or the close, LowAboveBody a low above one of them.
	HighBelowBody = "HIGH_BELOW_BODY"
	LowAboveBody  = "LOW_ABOVE_BODY"
	HighBelowLow  = "HIGH_BELOW_LOW"
	// DatetimeFormat is a datetime that is no day of the calendar, or spelled otherwise than in [pipeline.Bar].
	DatetimeFormat = "DATETIME_FORMAT"
)

const (
	// maxNumber bounds a number, in characters. DynamoDB keeps 38 digits; no price or volume has half of that.
	maxNumber = 32
	// maxName bounds what meta says of a series, each in bytes.
	maxName = 100
)

// layouts are the spellings of a datetime.
var layouts = []string{time.DateOnly, time.DateTime}

// rules says of each field what it must be.
var rules = [columns]struct {
	required, number bool
	// least is the smallest sign that the number may have, below the code for one that has a smaller sign.
	least int
	below string
	limit string
}{
	datetime:   {required: true},
	openPrice:  {required: true, number: true, least: 1, below: PriceNotPositive, limit: "not above zero"},
	highPrice:  {required: true, number: true, least: 1, below: PriceNotPositive, limit: "not above zero"},
	lowPrice:   {required: true, number: true, least: 1, below: PriceNotPositive, limit: "not above zero"},
	closePrice: {required: true, number: true, least: 1, below: PriceNotPositive, limit: "not above zero"},
	volume:     {number: true, least: 0, below: VolumeNegative, limit: "negative"},
}

// orders says which prices must not be below which. A code is given once, for the first pair that breaks it.
var orders = []struct {
	code         string
	upper, lower column
	blame        column
}{
	{HighBelowLow, highPrice, lowPrice, highPrice},
	{HighBelowBody, highPrice, openPrice, highPrice},
	{HighBelowBody, highPrice, closePrice, highPrice},
	{LowAboveBody, openPrice, lowPrice, lowPrice},
	{LowAboveBody, closePrice, lowPrice, lowPrice},
}

// check finds everything that is wrong with a row; nothing for a valid one. Prices are compared as decimals.
func check(s *series, r *row) []pipeline.Reason {
	if r.kind != '{' {
		return []pipeline.Reason{{Code: FieldType, Detail: says("%s, not an object", r.kind)}}
	}
	wrong := slices.Clip(s.flaws)
	var sound [columns]bool
	for c := range columns {
		code, detail := checkField(c, r.fields[c])
		if code != "" {
			wrong = append(wrong, pipeline.Reason{Code: code, Field: names[c], Detail: detail})
		}
		// A price below zero is a number all the same: what it does to the order of prices is told as well.
		sound[c] = code == "" || code == PriceNotPositive
	}
	for _, order := range orders {
		if !sound[order.upper] || !sound[order.lower] || has(wrong, order.code) ||
			r.decimal(order.upper).Compare(r.decimal(order.lower)) >= 0 {
			continue
		}
		wrong = append(wrong, pipeline.Reason{
			Code: order.code, Field: names[order.blame],
			Detail: fmt.Sprintf("%s %s is below %s %s",
				names[order.upper], show(r.fields[order.upper].text), names[order.lower], show(r.fields[order.lower].text)),
		})
	}
	return wrong
}

// checkField judges one field on its own: a code, empty where it is as it should be, and what is wrong.
func checkField(c column, f field) (code, detail string) {
	rule := rules[c]
	switch {
	case f.kind == 0 && rule.required:
		return FieldMissing, "missing"
	case f.kind == 0:
		return "", ""
	case f.kind != '"' && (f.kind != '0' || !rule.number):
		return FieldType, says("%s, not a ", f.kind) + wanted(rule.number)
	case !rule.number && !isDatetime(f.text):
		return DatetimeFormat, fmt.Sprintf("%q is neither yyyy-mm-dd nor yyyy-mm-dd hh:mm:ss", show(f.text))
	case !rule.number:
		return "", ""
	case len(f.text) > maxNumber:
		return FieldTooLong, fmt.Sprintf("%d characters, at most %d are taken", len(f.text), maxNumber)
	case !pipeline.Decimal(f.text).Valid():
		return NotANumber, fmt.Sprintf("%q is not a decimal number", show(f.text))
	case pipeline.Decimal(f.text).Sign() < rule.least:
		return rule.below, show(f.text) + " is " + rule.limit
	default:
		return "", ""
	}
}

func wanted(number bool) string {
	if number {
		return "number"
	}
	return "datetime"
}

// isDatetime is strict: time.Parse alone would take one-digit hours and fractions of a second.
func isDatetime(text string) bool {
	return slices.ContainsFunc(layouts, func(layout string) bool {
		t, err := time.Parse(layout, text)
		return err == nil && t.Format(layout) == text
	})
}

func has(reasons []pipeline.Reason, code string) bool {
	return slices.ContainsFunc(reasons, func(r pipeline.Reason) bool { return r.Code == code })
}

// show cuts text that is too long for a sentence.
func show(text string) string {
	const most = 200
	return cut(text, most)
}

// cut keeps at most n bytes of text, whole characters only.
func cut[T ~string | ~[]byte](text T, n int) T {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
