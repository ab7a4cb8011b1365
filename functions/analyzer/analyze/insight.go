package analyze

import (
	"fmt"
	"math"

	"github.com/mejan/mejan/functions/pipeline"
)

// parts are the figures of a series that are more than a number.
type parts struct {
	yearly   pipeline.Range
	trend    pipeline.Trend
	macd     pipeline.MACD
	drawdown pipeline.Drawdown
}

// insight computes every figure of a series, or says why it is absent. Figures of one number are added to numbers,
// which has room for all, and the others go to more.
func insight(s Series, in *pipeline.Insight, more *parts, numbers []float64) []float64 {
	end := &s.Bars[len(s.Bars)-1]
	*in = pipeline.Insight{
		Symbol: s.Symbol, MICCode: s.MIC, Exchange: s.Market, Interval: s.Interval, Currency: s.Currency, Type: s.Kind,
		Session: end.Session, Bars: s.Total, Close: s.Close, PeriodsPerYear: round(s.PeriodsPerYear),
	}
	var p page
	if s.Cut {
		in.Since = s.Bars[0].Session
		p.because = fmt.Sprintf(" since the data problem of %s", in.Since)
	}
	if len(s.Bars) > 1 {
		in.Previous = s.Bars[len(s.Bars)-2].Session
	}
	for i := range figures {
		f := &figures[i]
		x, err := f.of(s)
		if err == nil {
			x, err = within(f.round(x))
		}
		if p.miss(f.name, err) {
			continue
		}
		numbers = append(numbers, x)
		*f.in(in) = &numbers[len(numbers)-1]
	}
	if x, err := Range(s.Bars); !p.miss("range", err) {
		x.High, x.Low, x.Position = roundPrice(x.High), roundPrice(x.Low), round(x.Position)
		more.yearly, in.Range = x, &more.yearly
	}
	if x, err := Trend(s.Bars); !p.miss("trend", err) {
		x.Slope, x.R2 = round(x.Slope), round(x.R2)
		more.trend, in.Trend = x, &more.trend
	}
	if x, err := MACD(s.Bars); !p.miss("macd", err) {
		x.Line, x.Signal, x.Histogram = roundPrice(x.Line), roundPrice(x.Signal), roundPrice(x.Histogram)
		more.macd, in.MACD = x, &more.macd
	}
	if x, err := Drawdown(s.Bars); !p.miss("drawdown", err) {
		x.Current, x.Maximum = round(x.Current), round(x.Maximum)
		more.drawdown, in.Drawdown = x, &more.drawdown
	}
	in.Levels, in.Absent = levels(in), p.absent
	return numbers
}

const (
	// OverboughtRSI and OversoldRSI are the bounds beyond which an [RSI] is not usual. Source: Wilder, New Concepts in
	// Technical Trading Systems (1978).
	OverboughtRSI = 70.0
	OversoldRSI   = 30.0
)

// levels says which figures of an insight are not at their usual level; nil where all are.
func levels(in *pipeline.Insight) map[string]pipeline.FigureLevel {
	var all map[string]pipeline.FigureLevel
	say := func(name string, unusual bool, level pipeline.FigureLevel) {
		if unusual {
			if all == nil {
				all = make(map[string]pipeline.FigureLevel)
			}
			all[name] = level
		}
	}
	if x := in.RSI14; x != nil {
		say("rsi_14", *x >= OverboughtRSI, pipeline.Overbought)
		say("rsi_14", *x <= OversoldRSI, pipeline.Oversold)
	}
	if x := in.RelativeVolume; x != nil {
		say("relative_volume", *x > VolumeSpikeMultiple, pipeline.Heavy)
	}
	if x := in.Bollinger; x != nil {
		say("bollinger", *x > 1, pipeline.AboveBand)
		say("bollinger", *x < 0, pipeline.BelowBand)
	}
	return all
}

// page collects why figures are absent.
type page struct {
	absent  map[string]string
	because string
}

// miss notes why a figure is absent and reports whether it is.
func (p *page) miss(name string, err error) bool {
	if err != nil {
		if p.absent == nil {
			p.absent = make(map[string]string)
		}
		p.absent[name] = err.Error() + p.because
	}
	return err != nil
}

// figure is a figure that is one number: how it is computed, rounded and where it goes.
type figure struct {
	name  string
	of    func(Series) (float64, error)
	round func(float64) float64
	in    func(*pipeline.Insight) **float64
}

// figures are those of one number, by their JSON names.
var figures = [...]figure{
	{"change_1", change(1), round, func(in *pipeline.Insight) **float64 { return &in.Change1 }},
	{"change_5", change(5), round, func(in *pipeline.Insight) **float64 { return &in.Change5 }},
	{"change_20", change(20), round, func(in *pipeline.Insight) **float64 { return &in.Change20 }},
	{"change_all", bare(ChangeAll), round, func(in *pipeline.Insight) **float64 { return &in.ChangeAll }},
	{"sma_20", sma(ShortSMA), roundPrice, func(in *pipeline.Insight) **float64 { return &in.SMA20 }},
	{"sma_50", sma(LongSMA), roundPrice, func(in *pipeline.Insight) **float64 { return &in.SMA50 }},
	{"sma_gap", bare(SMAGap), round, func(in *pipeline.Insight) **float64 { return &in.SMAGap }},
	{"momentum", bare(Momentum), round, func(in *pipeline.Insight) **float64 { return &in.Momentum }},
	{"rsi_14", bare(RSI), round, func(in *pipeline.Insight) **float64 { return &in.RSI14 }},
	{"volatility", bare(Volatility), round, func(in *pipeline.Insight) **float64 { return &in.Volatility }},
	{"volatility_annual", annual(Volatility), round, func(in *pipeline.Insight) **float64 { return &in.VolatilityAnnual }},
	{"parkinson", annual(Parkinson), round, func(in *pipeline.Insight) **float64 { return &in.Parkinson }},
	{"atr_14", bare(ATR), roundPrice, func(in *pipeline.Insight) **float64 { return &in.ATR14 }},
	{"relative_volume", bare(RelativeVolume), round, func(in *pipeline.Insight) **float64 { return &in.RelativeVolume }},
	{"bollinger", bare(Bollinger), round, func(in *pipeline.Insight) **float64 { return &in.Bollinger }},
}

func bare(f func([]Bar) (float64, error)) func(Series) (float64, error) {
	return func(s Series) (float64, error) { return f(s.Bars) }
}

func change(k int) func(Series) (float64, error) {
	return func(s Series) (float64, error) { return Change(s.Bars, k) }
}

func sma(k int) func(Series) (float64, error) {
	return func(s Series) (float64, error) { return SMA(s.Bars, k) }
}

// annual is a volatility by the year.
func annual(f func([]Bar) (float64, error)) func(Series) (float64, error) {
	return func(s Series) (float64, error) {
		if s.PeriodsPerYear == 0 {
			return 0, absence(fmt.Sprintf("the length of %q is not known", s.Interval))
		}
		x, err := f(s.Bars)
		return x * math.Sqrt(s.PeriodsPerYear), err
	}
}
