package analyze

import (
	"cmp"
	"math"

	"github.com/mejan/mejan/functions/pipeline"
)

// Series is the bars of one [pipeline.Series] that can be compared with each other, the earliest first.
type Series struct {
	pipeline.Series
	// MIC, Market and Kind are the market's code, its name and the kind of instrument, where the file says so.
	MIC, Market, Kind string
	// Close is the last close as the source spells it.
	Close pipeline.Decimal
	Bars  []Bar
	// Total counts all bars of the series. Cut means that a data problem keeps those before Bars apart.
	Total int
	Cut   bool
	// PeriodsPerYear is how many bars a year has, see [PeriodsPerYear].
	PeriodsPerYear float64
}

// Bar is one bar as figures are computed from it. All prices are above zero and finite.
type Bar struct {
	// Session is the datetime of the bar, Day its date in days since 1970-01-01.
	Session string
	Day     int32
	id      uint32 // of the session on its tape
	Open    float64
	High    float64
	Low     float64
	Close   float64
	// Volume is negative where the bar has none.
	Volume float64
}

// order puts bars in the order of time; bars of the same time by what they say, so that the order is one whatever came
// first. Datetimes have a layout in which text order is time order.
func order(a, b Bar) int {
	return cmp.Or(
		cmp.Compare(a.Session, b.Session), cmp.Compare(a.Close, b.Close), cmp.Compare(a.Volume, b.Volume),
		cmp.Compare(a.Open, b.Open), cmp.Compare(a.High, b.High), cmp.Compare(a.Low, b.Low),
	)
}

// finite reports whether x is a number.
func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// round rounds to six decimals; zero has no sign.
func round(x float64) float64 {
	const scale = 1e6
	if math.Abs(x) < 1e9 { // beyond it, a float has few decimals left and the product loses them
		x = math.Round(x*scale) / scale
	}
	if x == 0 {
		return 0
	}
	return x
}

// roundPrice rounds to ten significant digits, because a price may be a millionth.
func roundPrice(x float64) float64 {
	const digits = 10
	places := digits - int(math.Ceil(math.Log10(math.Abs(x))))
	if x == 0 || places < 0 || places > 22 { // 10^22 is the largest power that a float holds exactly
		return x
	}
	by := math.Pow10(places)
	return math.Round(x*by) / by
}
