package main

import (
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
)

// A person reads findings in words. A ratio that is not known is left out, not shown as 0. What another version wrote is
// shown by its code.
func TestReportInWords(t *testing.T) {
	var out strings.Builder
	item := pipeline.Item{
		KeyAnomalies: []pipeline.Anomaly{
			{Symbol: "A", Session: "2018-02-05", Kind: pipeline.LargeMove, Value: -7.5, Threshold: 5, Surprise: 1.5},
			{Symbol: "A", Session: "2018-02-05", Kind: pipeline.UnusualMove, Value: 7, Threshold: 3.5, Surprise: 2},
			{Symbol: "A", Session: "2018-02-05", Kind: pipeline.RecordHigh, Value: 4.4, Threshold: 1.2659, Surprise: 3.5},
			{Symbol: "A", Session: "2018-02-05", Kind: "new_kind", Value: 3, Threshold: 2, Surprise: 1.5},
		},
		Quality: pipeline.Quality{
			Reasons:  map[string]int64{"FUTURE_BAR": 2, "NEW_CHECK": 1},
			Warnings: map[string]int64{pipeline.SplitLikeJump: 1, "NEW_WARNING": 3},
		},
		DataProblems: []pipeline.DataProblem{
			{Symbol: "A", Session: "2018-02-05", Code: pipeline.SplitLikeJump, Ratio: 0.5},
			{Symbol: "A", Session: "2018-02-02", Code: pipeline.Scale100x},
			{Symbol: "A", Session: "2018-02-01", Code: "NEW_PROBLEM"},
		},
	}
	if err := newTerminalReport(&out, false).show(analyze.Analysis{}, item); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2018-02-05  A             -7.50 %  surprise 1.50   moved more than 5 % in one bar\n",
		"2018-02-05  A             +7.00 z  surprise 2.00   change of one bar far from its usual ones, robust z beyond 3.5\n",
		"2018-02-05  A             +4.40 %  surprise 3.50   beyond the highest close of 52 weeks; 1.27 % is a usual move\n",
		"2018-02-05  A               +3.00  surprise 1.50   new_kind, beyond 2\n",
		"  refused          2 rows dated after the file arrived (FUTURE_BAR)\n",
		"  refused          1 row (NEW_CHECK)\n",
		"  warned           3 bars (NEW_WARNING)\n",
		"  warned           1 bar whose price jumped as after a split (SPLIT_LIKE_JUMP)\n",
		"  2018-02-05  A  a bar whose price jumped as after a split (SPLIT_LIKE_JUMP), 0.5 times the close before\n",
		"  2018-02-02  A  a bar whose price is off by a factor of a hundred (SCALE_100X)\n",
		"  2018-02-01  A  a bar (NEW_PROBLEM)\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
}
