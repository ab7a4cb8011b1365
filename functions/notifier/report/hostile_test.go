package report_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mejan/mejan/functions/pipeline"
)

// gmailClips is the size at which Gmail cuts a message and hides the rest, in bytes.
const gmailClips = 102 * 1024

// hostile is an item of which every text is as long and as bad as can be, and every list as long as a market.
func hostile(symbols int) pipeline.Item {
	bad := strings.Repeat("</td><script>alert('&')</script>\x00\r\n\u202e\u2028", 100)
	x := -1.797e308
	item := pipeline.Item{
		AnalysisID: bad, CorrelationID: bad, Schema: pipeline.Schema,
		Source:       pipeline.Source{Bucket: bad, Key: bad},
		RejectsKey:   bad,
		Aggregates:   pipeline.Aggregates{Sentiment: pipeline.Sentiment(bad), Advancers: symbols, AverageChange: &x},
		RowCounts:    pipeline.RowCounts{Raw: 1 << 62, Processed: 1, Rejected: 1 << 61},
		AsOf:         bad,
		Narration:    pipeline.Narration{Source: pipeline.ByTemplate, Model: bad, Fallback: bad},
		KeyAnomalies: make([]pipeline.Anomaly, symbols), SymbolsAnalyzed: symbols,
		ExecutiveSummary: strings.Repeat(bad+"\n\n", 100),
	}
	a := &item.Aggregates
	a.Turbulence, a.From, a.Intervals = &pipeline.Turbulence{Value: x, Reason: bad}, bad, []string{bad, "1day"}
	long := &pipeline.Pair{A: bad, B: bad, Correlation: x}
	a.Correlation = &pipeline.Correlation{Average: x, Highest: long, Lowest: &pipeline.Pair{A: bad, B: bad}}
	a.Breadth = pipeline.Breadth{AboveSMA50: &x, UpVolume: x, DownVolume: -x, TRIN: &x}
	a.DataProblems, a.MoreGroups = symbols, symbols
	item.Quality.Reasons, item.Quality.Warnings = make(map[string]int64), make(map[string]int64)
	for i := range symbols {
		code := fmt.Sprint(i) + bad
		item.Quality.Reasons[code], item.Quality.Warnings[code] = 1<<62, 1<<62
		item.DataProblems = append(item.DataProblems, pipeline.DataProblem{Symbol: bad, Session: bad, Code: bad, Ratio: -x})
		a.Groups = append(a.Groups, pipeline.Group{Interval: bad, Session: bad, Series: symbols, Sentiment: pipeline.Sentiment(bad)})
	}
	for i := range symbols {
		symbol := fmt.Sprint(i) + bad
		item.Insights = append(item.Insights, pipeline.Insight{
			Symbol: symbol, Interval: bad, Currency: fmt.Sprint(i) + bad, Close: pipeline.Decimal(strings.Repeat("9", 1000)),
			Change1: &x, Trend: &pipeline.Trend{Direction: pipeline.Direction(bad), Slope: x}, Volatility: &x,
			Absent: map[string]string{"change_5": symbol, "change_20": bad + symbol, "relative_volume": symbol + "!"},
		})
		item.KeyAnomalies[i] = pipeline.Anomaly{
			Symbol: symbol, Interval: bad, Kind: pipeline.AnomalyKind(bad), Session: bad, Value: x,
		}
		a.TopGainers = append(a.TopGainers, pipeline.Mover{Symbol: symbol, Change: x})
		a.TopLosers = append(a.TopLosers, pipeline.Mover{Symbol: symbol, Change: x})
	}
	return item
}

// Text from a file is only ever text: it cannot end a tag, add a header, hide behind a control character or turn the
// direction of what follows.
func TestDataIsOnlyData(t *testing.T) {
	r := render(t, hostile(3))
	if strings.Contains(r.HTML, "<script") || strings.Contains(r.HTML, "alert('") {
		t.Error("html: data became markup")
	}
	for name, part := range map[string]string{"subject": r.Subject, "html": r.HTML, "text": r.Text} {
		for _, char := range part {
			if char != '\n' && !unicode.IsPrint(char) && char != '\u00a0' && (char != '\t' || name != "html") {
				t.Errorf("%s: character %U", name, char)
				break
			}
		}
	}
	if strings.Contains(r.Subject, "\n") {
		t.Errorf("subject: %q is not one line", r.Subject)
	}
}

// However large the market, the mail arrives whole, says how much more there is, and its subject fits a line.
func TestMailIsBounded(t *testing.T) {
	for name, item := range map[string]pipeline.Item{"hostile": hostile(8000), "plain": market(8000)} {
		r := render(t, item)
		if len(r.HTML) >= gmailClips {
			t.Errorf("%s: html has %d bytes, Gmail clips at %d", name, len(r.HTML), gmailClips)
		}
		if len(r.Text) >= gmailClips {
			t.Errorf("%s: text has %d bytes", name, len(r.Text))
		}
		if n := utf8.RuneCountInString(r.Subject); n > 120 {
			t.Errorf("%s: subject has %d characters", name, n)
		}
		for part, text := range map[string]string{"html": r.HTML, "text": r.Text} {
			if !strings.Contains(text, "7,975 more") {
				t.Errorf("%s: %s does not say that 7,975 symbols are not shown", name, part)
			}
		}
		t.Logf("%s: html %d bytes, text %d bytes", name, len(r.HTML), len(r.Text))
	}
}

// market is a day of many symbols, of which the last ones moved most.
func market(symbols int) pipeline.Item {
	var item pipeline.Item
	item.SymbolsAnalyzed = symbols
	item.Aggregates.Intervals = []string{"1day"}
	for i := range symbols {
		x := float64(i) / 100
		item.Insights = append(item.Insights, pipeline.Insight{
			Symbol: fmt.Sprintf("S%d", i), Interval: "1day", Close: "1", Change1: &x, Change5: &x, Change20: &x, Volatility: &x,
		})
	}
	return item
}

// Of too many symbols, those that moved most are shown.
func TestLargestMovesAreShown(t *testing.T) {
	r := render(t, market(100))
	for symbol, shown := range map[string]bool{"S99": true, "S75": true, "S74": false, "S1": false} {
		if strings.Contains(r.Text, "\n"+symbol+" ") != shown {
			t.Errorf("%s shown: %t, want %t", symbol, !shown, shown)
		}
	}
}

// A reader of the text part misses nothing: each figure of it is one of the HTML part, and the other way round.
func TestPartsSayTheSame(t *testing.T) {
	figures := regexp.MustCompile(`[+−]?\d[\d,]*(\.\d+)?`)
	for _, name := range []string{"item", "odd"} {
		r := render(t, load(t, name))
		_, body, _ := strings.Cut(r.HTML, "</div>") // behind the preheader
		body = html.UnescapeString(regexp.MustCompile(`(?s)<[^>]*>`).ReplaceAllString(body, " "))
		in := func(text string) map[string]bool {
			set := make(map[string]bool)
			for _, f := range figures.FindAllString(text, -1) {
				set[f] = true
			}
			return set
		}
		inText, inHTML := in(r.Text), in(body)
		for f := range inText {
			if !inHTML[f] {
				t.Errorf("%s: %s is in the text only", name, f)
			}
		}
		for f := range inHTML {
			if !inText[f] {
				t.Errorf("%s: %s is in the html only", name, f)
			}
		}
	}
}

// The text part fits a terminal, but for a word that is wider.
func TestTextFitsItsLines(t *testing.T) {
	for _, name := range []string{"item", "odd"} {
		for line := range strings.Lines(render(t, load(t, name)).Text) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 78 && strings.Contains(line, " ") {
				t.Errorf("%s: %d characters: %q", name, n, line)
			}
		}
	}
}

// The mail loads nothing and links nowhere, so that no client warns, and nobody learns who opened it.
func TestNothingIsLoaded(t *testing.T) {
	r := render(t, load(t, "item"))
	for _, bad := range []string{"src=", "href=", "url(", "@import", "<img", "<link", "<a "} {
		if strings.Contains(r.HTML, bad) {
			t.Errorf("html has %q", bad)
		}
	}
}

// The words fit the interval: a week is never called a day.
func TestWordsFitTheInterval(t *testing.T) {
	for _, test := range []struct {
		intervals []string
		asOf      string
		want      []string
	}{
		{[]string{"1day"}, "2018-02-05", []string{"Monday, 5 February 2018\n", "since the previous day", "5\u00a0days"}},
		{[]string{"1week"}, "2018-02-05", []string{"Week of 5 February 2018\n", "since the previous week", "20\u00a0weeks"}},
		{[]string{"1month"}, "2018-02-01", []string{"\nFebruary 2018\n", "since the previous month", "5\u00a0months"}},
		{[]string{"1h"}, "2018-02-05 15:30:00", []string{"5 February 2018, 15:30\n", "previous hour", "exchange time"}},
		{[]string{"15min"}, "2018-02-05 15:30:00", []string{"since the previous 15-minute bar", "5\u00a0bars"}},
		{[]string{"4h"}, "2018-02-05 12:00:00", []string{"since the previous 4-hour bar", "4-hour bars"}},
		{[]string{"1day", "1week"}, "2018-02-05", []string{"5 February 2018\n", "since the previous bar", "symbols advanced"}},
		{[]string{"fortnight"}, "soon", []string{"\nsoon\n", "since the previous bar"}},
		{nil, "", []string{"since the previous bar"}},
	} {
		item := pipeline.Item{AsOf: test.asOf, Aggregates: pipeline.Aggregates{Intervals: test.intervals}}
		text := render(t, item).Text
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%v: text lacks %q:\n%s", test.intervals, want, text)
			}
		}
	}
}
