package analyze_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/markcheno/go-talib"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/mejan/mejan/functions/analyzer/analyze"
)

// walk makes a series of n bars at random, always the same.
func walk(seed uint64, n int) (all []analyze.Bar, opens, highs, lows, closes []float64) {
	r := rand.New(rand.NewPCG(seed, 1))
	price := 50.0
	for range n {
		open := price * (1 + 0.005*r.NormFloat64())
		price = open * (1 + 0.02*r.NormFloat64())
		high, low := max(open, price)*(1+0.01*r.Float64()), min(open, price)*(1-0.01*r.Float64())
		opens, highs, lows, closes = append(opens, open), append(highs, high), append(lows, low), append(closes, price)
	}
	all = bars(1, closes...)
	for i := range all {
		all[i].Open, all[i].High, all[i].Low = opens[i], highs[i], lows[i]
	}
	return all, opens, highs, lows, closes
}

// Other people's code, written from the same books, comes to the same numbers, to one in 10⁹.
func TestOracles(t *testing.T) {
	for seed, n := range []int{34, 35, 50, 51, 80, 250, 10000} {
		all, _, highs, lows, closes := walk(uint64(seed), n)
		end := n - 1
		agree := func(name string, got float64, err error, want float64) {
			t.Helper()
			if err != nil || math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
				t.Errorf("%d bars: %s: got %.12g, %v, want %.12g", n, name, got, err, want)
			}
		}
		for _, k := range []int{1, 5, 10, 20} {
			got, err := analyze.Change(all, k)
			agree("change", got, err, talib.Roc(closes, k)[end])
		}
		got, err := analyze.RSI(all)
		agree("RSI", got, err, talib.Rsi(closes, 14)[end])
		got, err = analyze.ATR(all)
		agree("ATR", got, err, talib.Atr(highs, lows, closes, 14)[end])
		got, err = analyze.SMA(all, 20)
		agree("SMA", got, err, talib.Sma(closes, 20)[end])

		// The line by two averages; the signal by an average that begins with the line's first value, at bar 26.
		var line []float64
		fast, slow := talib.Ema(closes, 12), talib.Ema(closes, 26)
		for i := 25; i < n; i++ {
			line = append(line, fast[i]-slow[i])
		}
		signal := talib.Ema(line, 9)
		macd, err := analyze.MACD(all)
		agree("MACD", macd.Line, err, line[len(line)-1])
		agree("MACD signal", macd.Signal, err, signal[len(line)-1])
		agree("MACD histogram", macd.Histogram, err, line[len(line)-1]-signal[len(line)-1])

		upper, _, lower := talib.BBands(closes, 20, 2, 2, talib.SMA)
		got, err = analyze.Bollinger(all)
		agree("Bollinger", got, err, (closes[end]-lower[end])/(upper[end]-lower[end]))

		var changes, logs, at, ranges []float64
		for i := n - 20; i < n; i++ {
			changes = append(changes, 100*(closes[i]/closes[i-1]-1))
			logs, at = append(logs, math.Log(closes[i])), append(at, float64(i))
			x := math.Log(highs[i] / lows[i])
			ranges = append(ranges, x*x)
		}
		got, err = analyze.Volatility(all)
		agree("volatility", got, err, stat.StdDev(changes, nil))
		got, err = analyze.Parkinson(all)
		agree("Parkinson", got, err, 100*math.Sqrt(stat.Mean(ranges, nil)/(4*math.Ln2)))
		trend, err := analyze.Trend(all)
		alpha, beta := stat.LinearRegression(at, logs, nil, false)
		agree("slope", trend.Slope, err, 100*(math.Exp(beta)-1))
		agree("R²", trend.R2, err, stat.RSquared(at, logs, nil, alpha, beta))

		usual := slices.Sorted(slices.Values(changes))
		score, _ := analyze.Surprise(7, usual)
		middle := (usual[9] + usual[10]) / 2
		var distances []float64
		for _, u := range usual {
			distances = append(distances, math.Abs(u-middle))
		}
		slices.Sort(distances)
		agree("surprise", score, nil, 0.6745*(7-middle)/((distances[9]+distances[10])/2))
	}
}

// The distance of a market's last bar is that of a library that inverts the covariance another way.
func TestDistanceOracle(t *testing.T) {
	const n, bars = 12, 61
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([][]float64, n)
	past := mat.NewDense(bars-1, n, nil)
	means, last := make([]float64, n), make([]float64, n)
	for k := range bars {
		common := r.NormFloat64()
		for i := range rows {
			x := common + 0.5*r.NormFloat64()
			if rows[i] = append(rows[i], x); k < bars-1 {
				past.Set(k, i, x)
				means[i] += x / (bars - 1)
			}
			last[i] = x
		}
	}
	var covariance mat.SymDense
	stat.CovarianceMatrix(&covariance, past, nil)
	var cholesky mat.Cholesky
	if !cholesky.Factorize(&covariance) {
		t.Fatal("the oracle's covariance is singular")
	}
	distance := stat.Mahalanobis(mat.NewVecDense(n, last), mat.NewVecDense(n, means), &cholesky)
	got, err := analyze.Distance(rows)
	if want := distance * distance / n; err != nil || math.Abs(got-want) > 1e-9*want {
		t.Errorf("got %g, %v, want %g", got, err, want)
	}
}
