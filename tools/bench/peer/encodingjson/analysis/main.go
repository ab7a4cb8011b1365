// Analysis analyses rows of processed/ by Go's encoding/json, a line at a time: analysis FILE. It prints figures by
// symbol, and of the market.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "analysis:", err)
		os.Exit(1)
	}
}

type bar struct {
	Symbol   string  `json:"symbol"`
	Datetime string  `json:"datetime"`
	Open     float64 `json:"open"`
	High     float64 `json:"high"`
	Low      float64 `json:"low"`
	Close    float64 `json:"close"`
	Volume   float64 `json:"volume"`
}

func run(path string) error {
	series, err := read(path)
	if err != nil {
		return err
	}
	insights := make([]insight, 0, len(series))
	for _, symbol := range slices.Sorted(maps.Keys(series)) {
		insights = append(insights, figures(series[symbol]))
	}
	out := bufio.NewWriter(os.Stdout)
	result := map[string]any{"insights": insights, "aggregates": market(insights)}
	if err := json.NewEncoder(out).Encode(result); err != nil {
		return err
	}
	return out.Flush()
}

// read groups bars by symbol, the oldest first.
func read(path string) (map[string][]bar, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	series := map[string][]bar{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var b bar
		if err := json.Unmarshal(lines.Bytes(), &b); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		series[b.Symbol] = append(series[b.Symbol], b)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	for _, bars := range series {
		slices.SortFunc(bars, func(a, b bar) int { return strings.Compare(a.Datetime, b.Datetime) })
	}
	return series, nil
}
