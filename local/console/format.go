package console

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// formats are the functions of the templates.
var formats = template.FuncMap{
	"bytes": formatBytes, "clock": clock, "count": count, "took": took, "tone": tone, "objectURL": objectURL,
	"base": func(key string) string { return key[strings.LastIndexByte(key, '/')+1:] },
	"short": func(s string) string {
		if len(s) > 12 {
			return s[:12] + "…"
		}
		return s
	},
	"number": func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) },
	"list":   func(names []string) string { return strings.Join(names, ", ") },
	"levels": func() []string { return []string{"INFO", "WARN", "ERROR"} },
}

// formatBytes spells a size in bytes with three digits or so.
func formatBytes(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n)/1000, 0
	for value >= 999.5 && unit < 3 {
		value, unit = value/1000, unit+1
	}
	digits := 1
	if value >= 99.95 {
		digits = 0
	}
	return strconv.FormatFloat(value, 'f', digits, 64) + " " + []string{"kB", "MB", "GB", "TB"}[unit]
}

func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("15:04:05.000")
}

// count spells a whole number with narrow spaces between thousands.
func count(n any) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}

func took(d time.Duration) string {
	switch {
	case d == 0:
		return "–"
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	default:
		return d.Round(10 * time.Millisecond).String()
	}
}

// tone is the colour of an outcome, a state or a level.
func tone(word string) string {
	switch strings.ToLower(word) {
	case "analysed", "ingested", "ok":
		return "good"
	case "duplicate", "ignored", "insufficient_data", "debug", "trace", "":
		return "quiet"
	case "rejected", "warn":
		return "warn"
	case "dead-lettered", "alarm", "error", "fatal", "panic":
		return "bad"
	default:
		return "info"
	}
}

func objectURL(bucket, key string) string {
	return "/object?" + url.Values{"bucket": {bucket}, "key": {key}}.Encode()
}

// itemName is what a list calls an item: its analysis id where it has one.
func itemName(text []byte, i int) string {
	var named struct {
		AnalysisID string `json:"analysis_id"`
	}
	if json.Unmarshal(text, &named) != nil || named.AnalysisID == "" {
		return fmt.Sprintf("item %d", i+1)
	}
	return named.AnalysisID
}
