package analyze

// Change is the change of the close over k bars, in percent of the earlier close:
//
//	100 (c[n-1] / c[n-1-k] - 1)
//
// It needs k+1 bars. It is the simple return of Campbell, Lo and MacKinlay, The Econometrics of Financial Markets
// (1997), 1.4.1, and the rate of change, ROC(k), of Murphy, Technical Analysis of the Financial Markets (1999), chapter
// 10.
func Change(bars []Bar, k int) (float64, error) {
	if err := needs(bars, k+1); err != nil {
		return 0, err
	}
	return within(percent(bars[len(bars)-1-k].Close, bars[len(bars)-1].Close))
}

// percent is the change from one value to another in percent of the first.
func percent(from, to float64) float64 { return 100 * (to/from - 1) }

// ChangeAll is the [Change] since the first bar. It needs 2 bars.
func ChangeAll(bars []Bar) (float64, error) {
	if err := needs(bars, 2); err != nil {
		return 0, err
	}
	return Change(bars, len(bars)-1)
}

// MomentumBars is the distance of [Momentum].
const MomentumBars = 10

// Momentum is the rate of change over 10 bars, in percent: [Change] over 10. It needs 11 bars. Source: Murphy (1999),
// chapter 10.
func Momentum(bars []Bar) (float64, error) { return Change(bars, MomentumBars) }
