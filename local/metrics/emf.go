package metrics

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Limits of the embedded metric format.
const (
	maxDimensions = 30
	maxMetrics    = 100
	maxValues     = 100
	maxPast       = 14 * 24 * time.Hour
	maxFuture     = 2 * time.Hour
)

// metadata is the `_aws` member of a line.
type metadata struct {
	Timestamp *int64      `json:"Timestamp"`
	Metrics   []directive `json:"CloudWatchMetrics"`
}

type directive struct {
	Namespace  string       `json:"Namespace"`
	Dimensions [][]string   `json:"Dimensions"`
	Metrics    []definition `json:"Metrics"`
}

type definition struct {
	Name              string `json:"Name"`
	Unit              string `json:"Unit"`
	StorageResolution int    `json:"StorageResolution"`
}

// Line takes a line of a function's log. One that carries `_aws` is metrics in the embedded metric format; where it
// breaks the format it is kept among the [Store.Invalid], and nothing of it counts. Any other line is ignored. At is
// when the line was written; its own timestamp, which places the data points, must lie near.
func (s *Store) Line(function, text string, at time.Time) {
	if !strings.Contains(text, `"_aws"`) {
		return
	}
	points, when, err := parse(text)
	if err == nil && len(points) > 0 && (at.Sub(when) > maxPast || when.Sub(at) > maxFuture) {
		err = fmt.Errorf("_aws: Timestamp %s is too far from %s", when.Format(time.RFC3339), at.Format(time.RFC3339))
	}
	if err != nil {
		s.mu.Lock()
		s.invalid = append(s.invalid, InvalidLine{Function: function, Text: text, Reason: err.Error()})
		s.mu.Unlock()
		return
	}
	for _, p := range points {
		s.put(p.namespace, p.name, p.dimensions, p.values, when)
	}
}

// published is one metric of a line, under one or more sets of dimensions.
type published struct {
	namespace, name string
	dimensions      []map[string]string
	values          []float64
}

func parse(text string) ([]published, time.Time, error) {
	// A duplicate key is an error here; CloudWatch would take one of the two.
	var root map[string]jsontext.Value
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		return nil, time.Time{}, fmt.Errorf("not one JSON object: %w", err)
	}
	raw, ok := root["_aws"]
	if !ok {
		return nil, time.Time{}, nil // the text only mentions it
	}
	var meta metadata
	if err := json.Unmarshal(raw, &meta); err != nil {
		return nil, time.Time{}, fmt.Errorf("_aws: %w", err)
	}
	if meta.Timestamp == nil {
		return nil, time.Time{}, errors.New("_aws: no Timestamp")
	}
	if len(meta.Metrics) == 0 {
		return nil, time.Time{}, errors.New("_aws: no CloudWatchMetrics")
	}
	var all []published
	for _, d := range meta.Metrics {
		points, err := d.read(root)
		if err != nil {
			return nil, time.Time{}, err
		}
		all = append(all, points...)
	}
	return all, time.UnixMilli(*meta.Timestamp).UTC(), nil
}

func (d directive) read(root map[string]jsontext.Value) ([]published, error) {
	switch {
	case d.Namespace == "":
		return nil, errors.New("a metric directive without Namespace")
	case len(d.Dimensions) == 0:
		return nil, fmt.Errorf("namespace %q: no Dimensions", d.Namespace)
	case len(d.Metrics) == 0 || len(d.Metrics) > maxMetrics:
		return nil, fmt.Errorf("namespace %q: %d metrics, not 1 to %d", d.Namespace, len(d.Metrics), maxMetrics)
	}
	var sets []map[string]string
	for _, names := range d.Dimensions {
		if len(names) > maxDimensions {
			return nil, fmt.Errorf("namespace %q: more than %d dimensions", d.Namespace, maxDimensions)
		}
		set := make(map[string]string)
		for _, name := range names {
			var value string
			if err := json.Unmarshal(root[name], &value); err != nil || value == "" {
				return nil, fmt.Errorf("dimension %q: the line has no text under this name", name)
			}
			set[name] = value
		}
		sets = append(sets, set)
	}
	var all []published
	for _, m := range d.Metrics {
		values, err := m.values(root)
		if err != nil {
			return nil, err
		}
		all = append(all, published{d.Namespace, m.Name, sets, values})
	}
	return all, nil
}

func (m definition) values(root map[string]jsontext.Value) ([]float64, error) {
	raw, ok := root[m.Name]
	if !ok {
		return nil, fmt.Errorf("metric %q: the line has no value under this name", m.Name)
	}
	if m.Unit != "" && !units[m.Unit] {
		return nil, fmt.Errorf("metric %q: no such unit %q", m.Name, m.Unit)
	}
	var values []float64
	if raw.Kind() != '[' {
		raw = jsontext.Value("[" + string(raw) + "]")
	}
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, fmt.Errorf("metric %q: the value is not a number or an array of numbers", m.Name)
	}
	if len(values) > maxValues {
		return nil, fmt.Errorf("metric %q: more than %d values", m.Name, maxValues)
	}
	return values, nil
}

// units are those that CloudWatch knows.
var units = func() map[string]bool {
	known := map[string]bool{"Seconds": true, "Microseconds": true, "Milliseconds": true, "Percent": true, "None": true}
	for _, unit := range []string{"Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"} {
		known[unit], known[unit+"/Second"] = true, true
	}
	for _, unit := range []string{"Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"} {
		known[unit], known[unit+"/Second"] = true, true
	}
	known["Count"], known["Count/Second"] = true, true
	return known
}()
