package analyze

import (
	"fmt"
	"math"

	"github.com/mejan/mejan/functions/pipeline"
)

// MaxPaired is how many series may be compared pair by pair.
const MaxPaired = 100

// correlation is the mean of Pearson's correlations of all pairs of series in the window, and the pairs at either end
// where there are at most [MaxPaired] series.
//
// With z the changes of a series, less their mean and scaled to Σ z² = 1, the correlation of two series is Σ z z'. So
// the mean over the n (n - 1) ordered pairs needs no pairs, only the sum of all z, bar by bar:
//
//	(Σ (Σ z)² - n) / (n (n - 1))
//
// It needs two series with 20 changes in common. Source: Pollet and Wilson, "Average Correlation and Stock Market
// Returns", Journal of Financial Economics 96(3), 2010, with equal weights.
func (w window) correlation() (pipeline.Correlation, error) {
	n, bars := len(w.rows), w.width()
	switch {
	case n < 2:
		return pipeline.Correlation{}, absence("fewer than two symbols have bars in common")
	case bars < WindowMin:
		return pipeline.Correlation{}, absence(fmt.Sprintf("needs %d changes in common, has %d", WindowMin, bars))
	}
	sum := make([]float64, bars)
	paired := n <= MaxPaired
	var all [][]float64
	z := make([]float64, bars)
	for _, row := range w.rows {
		if paired {
			z = make([]float64, bars)
			all = append(all, z)
		}
		standardise(z, row)
		for t := range z {
			sum[t] += z[t]
		}
	}
	squares := 0.0
	for _, s := range sum {
		squares += s * s
	}
	average, err := within((squares - float64(n)) / (float64(n) * float64(n-1)))
	if err != nil {
		return pipeline.Correlation{}, err
	}
	c := pipeline.Correlation{Average: round(average), Series: n, Bars: bars}
	if paired {
		c.Highest, c.Lowest = w.ends(all)
	}
	return c, nil
}

// standardise scales xs to mean 0 and Σ z² = 1.
func standardise(z, xs []float64) {
	mean, squares := spread(xs)
	scale := math.Sqrt(squares)
	for t, x := range xs {
		z[t] = (x - mean) / scale
	}
}

// ends finds the pairs with the highest and the lowest correlation; of equal ones the first in the alphabet.
func (w window) ends(z [][]float64) (highest, lowest *pipeline.Pair) {
	for i := range z {
		for j := i + 1; j < len(z); j++ {
			r := 0.0
			for t := range z[i] {
				r += z[i][t] * z[j][t]
			}
			pair := pipeline.Pair{A: w.symbols[i], B: w.symbols[j], Correlation: round(max(-1, min(1, r)))}
			if highest == nil || pair.Correlation > highest.Correlation {
				highest = &pair
			}
			if lowest == nil || pair.Correlation < lowest.Correlation {
				lowest = &pair
			}
		}
	}
	return highest, lowest
}
