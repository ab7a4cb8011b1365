package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
)

// tolerance is how far two programs' figures may be apart: mejan rounds to six decimals.
const tolerance = 1e-6

// findings are the figures of an analysis that are compared between programs.
type findings struct {
	// symbols has figures by symbol and name. mejan prints the notable symbols, the others print all.
	symbols map[string]map[string]float64
	market  map[string]float64
}

var (
	comparedFigures = []string{"close", "change_1", "change_20", "volatility", "rsi_14"}
	comparedMarket  = []string{"advancers", "decliners", "unchanged", "average_change", "dispersion"}
)

func parseFindings(printed []byte) (findings, error) {
	var analysis struct {
		Insights   []map[string]any
		Aggregates map[string]any
	}
	if err := json.Unmarshal(printed, &analysis); err != nil {
		return findings{}, fmt.Errorf("read analysis: %w", err)
	}
	f := findings{symbols: map[string]map[string]float64{}, market: numbers(analysis.Aggregates, comparedMarket)}
	for _, insight := range analysis.Insights {
		symbol, _ := insight["symbol"].(string)
		f.symbols[symbol] = numbers(insight, comparedFigures)
	}
	return f, nil
}

// numbers picks those that are numbers.
func numbers(from map[string]any, names []string) map[string]float64 {
	picked := map[string]float64{}
	for _, name := range names {
		if value, ok := from[name].(float64); ok {
			picked[name] = value
		}
	}
	return picked
}

// agree compares the market, and every symbol that f has, with those of another program, except the figures that it
// lacks.
func (f findings) agree(other findings, lacks []string) error {
	if len(f.symbols) == 0 {
		return errors.New("no symbol to compare")
	}
	if err := near(f.market, other.market, comparedMarket, nil); err != nil {
		return fmt.Errorf("market: %w", err)
	}
	for symbol, figures := range f.symbols {
		if err := near(figures, other.symbols[symbol], comparedFigures, lacks); err != nil {
			return fmt.Errorf("%s: %w", symbol, err)
		}
	}
	return nil
}

func near(one, other map[string]float64, names, lacks []string) error {
	for _, name := range names {
		a, first := one[name]
		b, second := other[name]
		if !second && slices.Contains(lacks, name) {
			continue
		}
		if !first || !second || math.Abs(a-b) > tolerance {
			return fmt.Errorf("%s is %v (there: %t) and %v (there: %t)", name, a, first, b, second)
		}
	}
	return nil
}
