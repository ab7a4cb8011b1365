package main

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// row has nil for a value that is missing, null, or no string.
type row struct {
	Datetime *string `json:"datetime,omitempty"`
	Open     *string `json:"open,omitempty"`
	High     *string `json:"high,omitempty"`
	Low      *string `json:"low,omitempty"`
	Close    *string `json:"close,omitempty"`
	Volume   *string `json:"volume,omitempty"`
}

// check fills a bar from a row, and returns the codes of what is wrong with it.
func check(r row, b *bar, today string) []string {
	var reasons []string
	wrong := func(code string) {
		if !slices.Contains(reasons, code) {
			reasons = append(reasons, code)
		}
	}
	switch {
	case r.Datetime == nil:
		wrong("FIELD_MISSING")
	case !isDate(*r.Datetime):
		wrong("DATETIME_FORMAT")
	case *r.Datetime > today:
		wrong("FUTURE_BAR")
	default:
		b.Datetime = *r.Datetime
	}
	price := func(text *string, to *json.Number) (float64, bool) {
		value, code := number(text, to)
		switch {
		case code != "":
			wrong(code)
			return 0, false
		case value <= 0:
			wrong("PRICE_NOT_POSITIVE")
		}
		return value, true
	}
	open, openOK := price(r.Open, &b.Open)
	high, highOK := price(r.High, &b.High)
	low, lowOK := price(r.Low, &b.Low)
	last, lastOK := price(r.Close, &b.Close)
	if r.Volume != nil {
		if volume, code := number(r.Volume, &b.Volume); code != "" {
			wrong(code)
		} else if volume < 0 {
			wrong("VOLUME_NEGATIVE")
		}
	}
	if highOK && lowOK && high < low {
		wrong("HIGH_BELOW_LOW")
	}
	if highOK && (openOK && high < open || lastOK && high < last) {
		wrong("HIGH_BELOW_BODY")
	}
	if lowOK && (openOK && low > open || lastOK && low > last) {
		wrong("LOW_ABOVE_BODY")
	}
	return reasons
}

// number is the value of a decimal number and its spelling, or the code of why there is none.
func number(text *string, to *json.Number) (value float64, code string) {
	if text == nil {
		return 0, "FIELD_MISSING"
	}
	if !isDecimal(*text) {
		return 0, "NOT_A_NUMBER"
	}
	*to = json.Number(*text)
	value, err := strconv.ParseFloat(*text, 64)
	if err != nil {
		return 0, "NOT_A_NUMBER"
	}
	return value, ""
}

// isDecimal takes JSON's numbers without the exponent. A regular expression would be a quarter of the whole run.
func isDecimal(text string) bool {
	whole, fraction, dotted := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	return isDigits(whole) && (len(whole) == 1 || whole[0] != '0') && (!dotted || isDigits(fraction))
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

func isDate(text string) bool {
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return true
	}
	_, err := time.Parse(time.DateTime, text)
	return err == nil && len(text) == len(time.DateTime)
}
