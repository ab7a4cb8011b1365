package report_test

import (
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/notifier/report"
	"github.com/mejan/mejan/functions/pipeline"
)

// Promise: the mail says each code of the contract in words, and a code that another version wrote as it is.
func TestCodesInWords(t *testing.T) {
	thresholds := map[pipeline.Measure]string{
		pipeline.MeasurePercent: "2 %", pipeline.MeasureMultiple: "2×", pipeline.MeasureScore: "2", "": "2",
	}
	all := append(pipeline.Codes(),
		pipeline.Code{Code: "NEW_CHECK", Level: pipeline.LevelReject, About: pipeline.AboutRow},
		pipeline.Code{Code: "NEW_WARNING", Level: pipeline.LevelWarn, About: pipeline.AboutBar},
		pipeline.Code{Code: "new_kind", Level: pipeline.LevelAnomaly},
	)
	for _, c := range all {
		var item pipeline.Item
		want, counts := "", map[string]int64{c.Code: 2}
		switch c.Level {
		case pipeline.LevelReject, pipeline.LevelFile:
			item.Quality.Reasons = counts
			want = "Rejected: 2 " + c.Finding(2)
		case pipeline.LevelWarn:
			item.Quality.Warnings = counts
			want = "Used, with a warning: 2 " + c.Finding(2)
		case pipeline.LevelAnomaly:
			item.KeyAnomalies = []pipeline.Anomaly{{
				Symbol: "A", Session: "2018-02-05", Kind: pipeline.AnomalyKind(c.Code), Value: 3, Threshold: 2,
			}}
			want = c.Anomaly(thresholds[c.Measure], "bar")
		default:
			t.Errorf("%s: no test for level %q", c.Code, c.Level)
		}
		if text := mail(t, item); !strings.Contains(text, want) {
			t.Errorf("%s: lacks %q:\n%s", c.Code, want, text)
		}
	}
}

// Promise: a data problem is told in words. A ratio that is not known is left out, not shown as 0.
func TestDataProblemsInWords(t *testing.T) {
	for name, test := range map[string]struct {
		code  string
		ratio float64
		want  string
	}{
		"known":      {pipeline.SplitLikeJump, 0.5, "whose price jumped as after a split (SPLIT_LIKE_JUMP), 0.50 times the close before."},
		"no ratio":   {pipeline.Scale100x, 0, "whose price is off by a factor of a hundred (SCALE_100X)."},
		"other code": {"NEW_PROBLEM", 0, "(NEW_PROBLEM)."},
	} {
		t.Run(name, func(t *testing.T) {
			item := pipeline.Item{DataProblems: []pipeline.DataProblem{{
				Symbol: "A", Session: "2018-02-05", Code: test.code, Ratio: test.ratio,
			}}}
			want := "A, 2018-02-05: a bar " + test.want
			if text := mail(t, item); !strings.Contains(text, want) {
				t.Errorf("lacks %q:\n%s", want, text)
			}
		})
	}
}

// mail is the text of a mail, in one line and with plain spaces.
func mail(t *testing.T, item pipeline.Item) string {
	t.Helper()
	r, err := report.Render(item)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(r.Text), " ")
}
