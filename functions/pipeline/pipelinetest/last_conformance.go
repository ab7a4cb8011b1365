package pipelinetest

import (
	"errors"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
)

// The last report is found by as_of, whatever came in which order: of the same series and the same interval, and of two
// of one session the one that was uploaded last. A smoke test's is not found.
func lastReport(t *testing.T, table AnalysisTable, id string) {
	const missing = ""
	suffix := id[len("20180212T063000Z"):]
	report := func(upload, interval, asOf string, symbols ...string) pipeline.Item {
		item := Analysis(upload + suffix)
		item.Interval, item.AsOf = interval, asOf
		var insights []pipeline.Insight
		for _, symbol := range symbols {
			insights = append(insights, pipeline.Insight{Symbol: symbol + suffix, Interval: "1week"})
		}
		item.Fingerprint = pipeline.NewFingerprint(insights)
		return item
	}
	market := report("20180213T000000Z", "1week", "2018-02-05", "A", "B", "C")
	before := report("20180212T000002Z", "1week", "2018-01-29", "A", "B", "C", "D")
	for _, item := range []pipeline.Item{
		market, before,
		report("20180212T000001Z", "1week", "2018-01-29", "A", "B", "C"), // the same session, corrected since
		report("20180212T000009Z", "1week", "2018-01-22", "A", "B", "C"), // older, uploaded later
		report("20180212T000003Z", "1week", "2018-02-02", "C", "X", "Y"), // another market
		report("20180212T000004Z", "1week", "2018-02-05", "A", "B", "C"), // the same session as the item itself
		report("20180212T000005Z", "1week", "2018-02-12", "A", "B", "C"), // later, analysed before
		report("20180212T000006Z", "1day", "2018-02-02", "A", "B", "C"),  // another interval
		report("20180212T000007Z", missing, "2018-02-02", "A", "B", "C"), // a smoke test's
	} {
		create(t, table, item)
	}
	last := func(of pipeline.Item) string {
		found, err := table.Last(t.Context(), of)
		if err != nil && !errors.Is(err, analyses.ErrNotFound) {
			t.Errorf("last: %v", err)
		}
		return found.AnalysisID
	}
	if got := last(market); got != before.AnalysisID {
		t.Errorf("last report: got %q, want %q", got, before.AnalysisID)
	}
	first := report("20180101T000000Z", "1week", "2018-01-22", "A", "B", "C")
	if got := last(first); got != "" {
		t.Errorf("before the first report: got %q, want none", got)
	}
}
