package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// row has each value as the file spells it, which tells a string from null, true and the rest.
type row struct {
	Datetime json.RawMessage `json:"datetime,omitempty"`
	Open     json.RawMessage `json:"open,omitempty"`
	High     json.RawMessage `json:"high,omitempty"`
	Low      json.RawMessage `json:"low,omitempty"`
	Close    json.RawMessage `json:"close,omitempty"`
	Volume   json.RawMessage `json:"volume,omitempty"`
}

func (r *row) reset() {
	for _, field := range []*json.RawMessage{&r.Datetime, &r.Open, &r.High, &r.Low, &r.Close, &r.Volume} {
		*field = (*field)[:0]
	}
}

var decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// check fills a bar from a row, and returns the codes of what is wrong with it.
func check(r row, b *bar, today string) []string {
	var reasons []string
	wrong := func(code string) {
		if !slices.Contains(reasons, code) {
			reasons = append(reasons, code)
		}
	}
	date, code := text(r.Datetime)
	switch {
	case code != "":
		wrong(code)
	case !isDate(date):
		wrong("DATETIME_FORMAT")
	case date > today:
		wrong("FUTURE_BAR")
	}
	b.Datetime = date
	price := func(raw json.RawMessage, to *json.Number) (float64, bool) {
		value, code := number(raw, to)
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
	if len(r.Volume) > 0 {
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

// text is the value of a JSON string, or the code of why there is none.
func text(raw json.RawMessage) (value, code string) {
	if len(raw) == 0 {
		return "", "FIELD_MISSING"
	}
	if raw[0] != '"' || json.Unmarshal(raw, &value) != nil {
		return "", "FIELD_TYPE"
	}
	return value, ""
}

func number(raw json.RawMessage, to *json.Number) (value float64, code string) {
	spelled, code := text(raw)
	if code != "" {
		return 0, code
	}
	if !decimal.MatchString(spelled) {
		return 0, "NOT_A_NUMBER"
	}
	*to = json.Number(spelled)
	value, err := strconv.ParseFloat(spelled, 64)
	if err != nil {
		return 0, "NOT_A_NUMBER"
	}
	return value, ""
}

func isDate(text string) bool {
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return true
	}
	_, err := time.Parse(time.DateTime, text)
	return err == nil && len(text) == len(time.DateTime)
}
