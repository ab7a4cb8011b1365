package analyze

import "math"

// sketch is what can be told of the changes of a series without going through them again for each bar. It is enough to
// see of most bars that they are no anomaly, or none that would be kept. Where that is in doubt, the bar is looked at
// more closely.
type sketch struct {
	// sums and squares are those of the changes before each one, and of all.
	sums, squares []float64
	// crowd is a distance within which there are fewer than half of [SurpriseBars] changes, wherever it is put.
	crowd float64
}

func (s *sketch) draw(changes []float64) {
	s.sums, s.squares = append(s.sums[:0], 0), append(s.squares[:0], 0)
	var sum, squares float64
	for _, x := range changes {
		sum, squares = sum+x, squares+x*x
		s.sums, s.squares = append(s.sums, sum), append(s.squares, squares)
	}
	from := max(0, len(changes)-AnomalyBars-SurpriseBars)
	s.crowd = s.apart(changes, from)
}

// apart counts changes in bins and finds the fewest neighbours in which there is half of a window. A distance of two
// bins less lies in fewer, wherever it begins.
func (s *sketch) apart(changes []float64, from int) float64 {
	const middle, half, perDeviation = 32, SurpriseBars / 2, 16
	mean, variance := s.moments(from, len(changes))
	width := math.Sqrt(variance) / perDeviation
	if !(width > 0) {
		return 0
	}
	var bins [2 * middle]uint8
	for _, x := range changes[from:] {
		bins[max(0, min(len(bins)-1, int((x-mean)/width+middle)))]++
	}
	fewest, first, count := len(bins), 0, 0
	for last, c := range bins {
		for count += int(c); count >= half; first++ {
			fewest = min(fewest, last-first+1)
			count -= int(bins[first])
		}
	}
	return width * float64(fewest-2)
}

// moments is the mean and the sample variance of some of the changes. The variance is NaN, which is neither more nor
// less than anything, where it is lost beside the squares of all.
func (s *sketch) moments(from, to int) (mean, variance float64) {
	n, sum, all := float64(to-from), s.sums[to]-s.sums[from], s.squares[len(s.squares)-1]
	squares := s.squares[to] - s.squares[from] - sum*sum/n
	if !(squares > 1e-6*all) {
		return 0, math.NaN()
	}
	return sum / n, squares / (n - 1)
}

// common reports that the [Surprise] of a change is surely less than bound times [UnusualScore]. Were it as much, half
// of the changes before it were within a part of its distance from their median, and that lies within a deviation of
// their mean. It cannot be where such a distance holds no crowd.
func (s *sketch) common(changes []float64, at int, bound float64) bool {
	if at < SurpriseBars {
		return false
	}
	mean, variance := s.moments(at-SurpriseBars, at)
	distance := math.Abs(changes[at]-mean) + math.Sqrt(variance)
	return 2*distance*quantile/UnusualScore < bound*s.crowd
}

// small reports that a change is surely less than bound times the volatility before it.
func (s *sketch) small(changes []float64, at int, bound float64) bool {
	if at < VolatilityChanges {
		return false
	}
	_, variance := s.moments(at-VolatilityChanges, at)
	return changes[at]*changes[at] < bound*bound*variance
}

// steady reports that at a change the ratio of volatilities is surely less than bound times [ShiftMultiple], and its
// inverse too.
func (s *sketch) steady(at int, bound float64) bool {
	middle := at + 1 - ShiftShort
	if middle < ShiftLong {
		return false
	}
	_, short := s.moments(middle, at+1)
	_, long := s.moments(middle-ShiftLong, middle)
	most := ShiftMultiple * ShiftMultiple * bound * bound
	return short < most*long && long < most*short
}
