// Package metrics is CloudWatch on the laptop: it reads the metrics that functions write into their logs, and
// evaluates alarms on each data point.
package metrics

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

// Store holds the metrics and alarms of one account and region. Its methods may be called concurrently.
type Store struct {
	account, region string

	mu      sync.Mutex
	series  map[string]*series
	totals  map[string]map[string]Stat // by namespace and name, each data point once
	alarms  []*alarm
	fired   []Firing
	invalid []InvalidLine
}

// series is what was published under one name and one set of dimensions.
type series struct {
	namespace, name string
	dimensions      map[string]string
}

// Stat sums data points up.
type Stat struct {
	Sum   float64 `json:"sum"`
	Count int     `json:"count"`
	Max   float64 `json:"max"`
}

// InvalidLine is a log line that means to be a metric and is none: CloudWatch would drop it without a word.
type InvalidLine struct {
	Function, Text, Reason string
}

// New makes a store without metrics and alarms.
func New(account, region string) *Store {
	return &Store{
		account: account, region: region, series: make(map[string]*series), totals: make(map[string]map[string]Stat),
	}
}

// Put publishes one data point.
func (s *Store) Put(namespace, name string, dimensions map[string]string, value float64, at time.Time) {
	s.put(namespace, name, []map[string]string{dimensions}, []float64{value}, at)
}

// put publishes values under each set of dimensions. What they trigger is carried out before it returns.
func (s *Store) put(namespace, name string, sets []map[string]string, values []float64, at time.Time) {
	s.mu.Lock()
	var changes []func()
	for _, value := range values {
		s.count(namespace, name, value)
		for _, dimensions := range sets {
			s.series[key(namespace, name, dimensions)] = &series{namespace, name, maps.Clone(dimensions)}
			for _, a := range s.alarms {
				if a.watches(namespace, name, dimensions) {
					changes = append(changes, s.feed(a, value, at)...)
				}
			}
		}
	}
	s.mu.Unlock()
	for _, change := range changes {
		change() // without the lock: an action may publish in its turn
	}
}

func (s *Store) count(namespace, name string, value float64) {
	if s.totals[namespace] == nil {
		s.totals[namespace] = make(map[string]Stat)
	}
	total, seen := s.totals[namespace][name]
	total.Sum += value
	total.Count++
	if !seen || value > total.Max {
		total.Max = value
	}
	s.totals[namespace][name] = total
}

// Summary sums up each metric of the pipeline's namespace, over all dimensions.
func (s *Store) Summary() map[string]Stat {
	s.mu.Lock()
	defer s.mu.Unlock()
	summary := maps.Clone(s.totals[pipeline.MetricNamespace])
	if summary == nil {
		summary = make(map[string]Stat)
	}
	return summary
}

// Invalid lists the lines that meant to be metrics and are none, in order.
func (s *Store) Invalid() []InvalidLine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.invalid)
}

// key tells series apart.
func key(namespace, name string, dimensions map[string]string) string {
	return fmt.Sprintf("%q %q %s", namespace, name, spell(dimensions))
}

// spell writes dimensions in the order of their names.
func spell(dimensions map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(dimensions)) {
		parts = append(parts, fmt.Sprintf("%s=%q", name, dimensions[name]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
