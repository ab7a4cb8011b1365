package analyze

import "github.com/mejan/mejan/functions/pipeline"

const (
	// ExcursionBars is how many bars may lie between an artefact and the one that undoes it. Our choice.
	ExcursionBars = 5
	// undoneRatio is how far the closes before and after an excursion may be apart. Our choice.
	undoneRatio = 1.5
)

// comparable gives the bars that figures may compare with each other, whether earlier ones were cut off, and the
// artefacts, the earliest first. It changes bars.
//
// Where the ingestor says that the change to a bar is an artefact (a split that was not applied, a scale of a hundred),
// what lies before is in other units, prices and volumes alike, and the series begins anew. Unless it was an excursion:
// where another artefact undoes the first within a few bars, only the bars between the two are left out.
func (to *track) comparable(bars []Bar) (usable []Bar, cut bool, problems []pipeline.DataProblem) {
	if len(to.broken) == 0 {
		return bars, false, nil
	}
	kept, start, jump, before := bars[:0], 0, 0, 0.0
	for i, bar := range bars {
		if code := to.broken[bar.id]; code != "" {
			p := pipeline.DataProblem{
				Symbol: to.Symbol, Exchange: to.Exchange, Interval: to.Interval, Currency: to.Currency,
				Session: bar.Session, Code: code,
			}
			if i > 0 {
				if p.Ratio = round(bar.Close / before); !finite(p.Ratio) {
					p.Ratio = 0
				}
			}
			problems = append(problems, p)
			if jump > 0 && len(kept)-jump <= ExcursionBars && near(kept[jump-1].Close, bar.Close) {
				kept, jump = kept[:jump], 0
			} else {
				start, jump = max(start, jump), len(kept)
			}
		}
		before = bar.Close
		kept = append(kept, bar)
	}
	start = max(start, jump)
	return kept[start:], start > 0, problems
}

func near(a, b float64) bool { return a < undoneRatio*b && b < undoneRatio*a }
