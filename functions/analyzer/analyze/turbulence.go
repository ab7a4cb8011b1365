package analyze

import (
	"fmt"
	"math"

	"github.com/mejan/mejan/functions/pipeline"
)

// BarsPerSeries is how many earlier changes a covariance needs for each of its series. Our choice: with fewer its
// inverse says more about chance than about the market.
const BarsPerSeries = 3

// turbulence says how unusual the last bar of a group was: by distance where the window is long enough, else by its
// dispersion; nil where there is none.
func turbulence(w window, dispersion *float64, changes int) *pipeline.Turbulence {
	distance, err := Distance(w.rows)
	if err == nil {
		return &pipeline.Turbulence{
			Method: pipeline.ByDistance, Value: round(distance), Series: len(w.rows), Bars: w.width() - 1,
		}
	}
	if dispersion == nil {
		return nil
	}
	return &pipeline.Turbulence{
		Method: pipeline.ByDispersion, Value: *dispersion, Series: changes, Reason: err.Error(),
	}
}

// Distance is the turbulence of the last of the changes of n series, each row one series, as a multiple of what is
// usual:
//
//	(y - μ)ᵀ Σ⁻¹ (y - μ) / n
//
// y is the last change of each, μ the mean and Σ the sample covariance (T - 1) of the T changes before it. It needs two
// series, 20 changes before the last, three for each series, and series of which none is a combination of others.
// Source: Kritzman and Li, "Skulls, Financial Turbulence, and Risk Management", Financial Analysts Journal 66(5), 2010;
// divided by n after Kritzman, Page and Turkington, "Regime Shifts", Financial Analysts Journal 68(3), 2012.
func Distance(rows [][]float64) (float64, error) {
	n := len(rows)
	if n < 2 {
		return 0, absence("fewer than two symbols have bars in common")
	}
	t := len(rows[0]) - 1
	if need := max(WindowMin, BarsPerSeries*n); t < need {
		return 0, absence(fmt.Sprintf("%d symbols need %d changes in common before the last, have %d", n, need, t))
	}
	// Deviations from the mean, and the last one.
	past, y := make([][]float64, n), make([]float64, n)
	for i, row := range rows {
		mean, _ := spread(row[:t])
		past[i] = make([]float64, t)
		for k := range past[i] {
			past[i][k] = row[k] - mean
		}
		y[i] = row[t] - mean
	}
	// Cholesky: Σ = L Lᵀ, and L x = y on the way; the distance is |x|².
	l, distance := make([][]float64, n), 0.0
	for i := range l {
		l[i] = make([]float64, i+1)
		variance, x := 0.0, y[i]
		for j := range i + 1 {
			sum := 0.0
			for k := range t {
				sum += past[i][k] * past[j][k] / float64(t-1)
			}
			if j == i {
				variance = sum
			}
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			if j < i {
				l[i][j] = sum / l[j][j]
				x -= l[i][j] * y[j] // y[j] holds the solution up to here
				continue
			}
			if sum <= 1e-10*variance {
				return 0, absence("the changes of one symbol follow from those of others")
			}
			l[i][i] = math.Sqrt(sum)
		}
		y[i] = x / l[i][i]
		distance += y[i] * y[i]
	}
	return within(distance / float64(n))
}
