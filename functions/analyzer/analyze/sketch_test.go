package analyze

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// A sketch never rules out what a closer look finds, whatever the changes are like; and it does rule out most of those
// that are like any other.
func TestSketch(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	ruled, judged := 0, 0
	for name, draw := range map[string]func() float64{
		"normal":   random.NormFloat64,
		"heavy":    func() float64 { return math.Pow(random.NormFloat64(), 5) },
		"mostly 0": func() float64 { return max(0, random.NormFloat64()-1) },
		"few":      func() float64 { return float64(random.IntN(3)) },
		"equal":    func() float64 { return 0.1 },
		"shifted":  func() float64 { return 1e7 + random.NormFloat64() },
		"huge":     func() float64 { return 1e200 * random.NormFloat64() },
		"two ways": func() float64 { return float64(random.IntN(2))*10 + random.NormFloat64() },
		"quiet":    func() float64 { return random.NormFloat64() * float64(random.IntN(30)/29*50+1) },
	} {
		var s sketch
		for range 300 {
			changes := make([]float64, random.IntN(AnomalyBars+ShiftShort+ShiftLong+1))
			for i := range changes {
				changes[i] = draw()
			}
			s.draw(changes)
			for at := max(0, len(changes)-AnomalyBars); at < len(changes); at++ {
				for _, bound := range []float64{0, 1, 1.5, 3} {
					look := closer(changes, at)
					for i, rules := range []bool{
						s.common(changes, at, margin*bound), s.small(changes, at, margin*bound), s.steady(at, margin*bound),
					} {
						if name == "normal" && bound == 3 && at >= SurpriseBars+ShiftShort {
							judged++
							if rules {
								ruled++
							}
						}
						if rules && look[i] >= bound {
							t.Fatalf("%s, rule %d: ruled out %g, which is %g, at %d of %g", name, i, bound, look[i], at, changes)
						}
					}
				}
			}
		}
	}
	if ruled < judged*9/10 {
		t.Errorf("%d of %d ruled out", ruled, judged)
	}
}

// closer gives the surprises of a change without a sketch: -1 where there is none.
func closer(changes []float64, at int) (surprises [3]float64) {
	surprises = [3]float64{-1, -1, -1}
	usual := slices.Sorted(slices.Values(changes[max(0, at-SurpriseBars):at]))
	if len(usual) >= SurpriseMin {
		if score, ok := Surprise(changes[at], usual); ok {
			surprises[0] = math.Abs(score) / UnusualScore
		}
	}
	if at >= VolatilityChanges {
		surprises[1] = math.Abs(changes[at]) / deviation(changes[at-VolatilityChanges:at])
	}
	h := history{changes: changes}
	if ratio, ok := h.ratio(at); ok {
		surprises[2] = max(ratio, 1/ratio) / ShiftMultiple
	}
	return surprises
}

// What a list of anomalies may leave out is less surprising than it was asked for, and not of the last bar.
func TestLeastSurprise(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	found := 0
	for range 500 {
		bars := make([]Bar, 2+random.IntN(150))
		price := 100.0
		for i := range bars {
			open := price * (1 + random.NormFloat64()/200)
			price *= math.Exp(random.NormFloat64() / 50 * float64(1+random.IntN(20)/19*5))
			bars[i] = Bar{
				Session: string(rune('A' + i)), Day: int32(i), Open: open, High: max(open, price), Low: min(open, price),
				Close: price, Volume: float64(random.IntN(1000)),
			}
		}
		s := Series{Series: pipeline.Series{Symbol: "A", Interval: "1day"}, Bars: bars}
		var all, some judge
		all.anomalies(s, 0)
		for _, least := range []float64{1, 1.5, 3} {
			some.anomalies(s, least)
			for _, a := range all.found {
				if a.Surprise < least && a.Session != bars[len(bars)-1].Session {
					continue
				}
				if found++; !slices.Contains(some.found, a) {
					t.Fatalf("least %g: %+v is left out", least, a)
				}
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d anomalies", found)
	}
}
