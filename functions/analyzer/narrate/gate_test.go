package narrate

import (
	"errors"
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// facts of a market that fell, with one symbol that rose.
func testBook() book {
	figure := func(x float64) *float64 { return &x }
	return newBook(pipeline.Item{
		SymbolsAnalyzed: 4,
		Insights: []pipeline.Insight{
			{Symbol: "AAPL", Interval: "1week", Currency: "USD", Close: "159.54000", Change1: figure(1.25), Change20: figure(-3)},
			{Symbol: "BA", Interval: "1week", Currency: "USD", Close: "348.12", Change1: figure(-1.75), Change20: figure(12)},
			{Symbol: "BRK.B", Interval: "1week", Close: "200", Change1: figure(-0.5)},
			{Symbol: "CME", Interval: "1week", Close: "30", Change1: figure(-0.001)},
		},
		Aggregates: pipeline.Aggregates{
			Interval: "1week", Sentiment: pipeline.Bearish, Advancers: 1, Decliners: 3, AverageChange: figure(-0.25), Dispersion: figure(1.5),
			TopGainers: []pipeline.Mover{{Symbol: "AAPL", Currency: "USD", Change: 1.25}},
			TopLosers:  []pipeline.Mover{{Symbol: "BA", Currency: "USD", Change: -1.75}, {Symbol: "BRK.B", Change: -0.5}, {Symbol: "CME", Change: -0.001}},
			From:       "2017-02-13", To: "2018-02-05", Bars: 1208,
		},
		KeyAnomalies: []pipeline.Anomaly{
			{Symbol: "BA", Interval: "1week", Kind: pipeline.VolumeSpike, Session: "2018-01-15", Value: 2.4},
			{Symbol: "BA", Interval: "1week", Kind: pipeline.VolumeSpike, Session: "2018-01-08", Value: 1.9},
		},
	})
}

// True prose passes, its figures filled in, with a sign only where no word tells the direction.
func TestGatePasses(t *testing.T) {
	for in, want := range map[string]string{
		"The market fell {market.average_change}; {market.advancers} rose, {market.decliners} fell.": "The market fell 0.25%; 1 rose, 3 fell.",
		"AAPL gained {AAPL.change_1} while BA fell {BA.change_1}.":                                   "AAPL gained 1.25% while BA fell 1.75%.",
		"AAPL rose {AAPL.change_1} and BA lost {BA.change_1}, to {BA.close}.":                        "AAPL rose 1.25% and BA lost 1.75%, to 348.12 USD.",
		"The average change was {market.average_change} (U.S. stocks).":                              "The average change was -0.25% (U.S. stocks).",
		"Losers were BA {BA.change_1} and BRK.B {BRK.B.change_1}.":                                   "Losers were BA 1.75% and BRK.B 0.50%.",
		"BA, at {BA.change_1}, declined.":                                                            "BA, at 1.75%, declined.",
		"BA fell {BA.change_1}, with a change of {BA.change_20} over twenty bars.":                   "BA fell 1.75%, with a change of +12.00% over twenty bars.",
		"Although BA fell {BA.change_1}, it is up {BA.change_20}.":                                   "Although BA fell 1.75%, it is up 12.00%.",
		"CME was flat at {CME.change_1}.":                                                            "CME was flat at 0.00%.",
		"Trading volume in BA rose to {BA.volume_spike} its average.":                                "Trading volume in BA rose to 2.40 times its average.",
		"BA's volume on {BA.volume_spike_time} rose.":                                                "BA's volume on 2018-01-15 rose.",
		"Between {market.from} and {market.to} there were {market.bars} bars.":                       "Between 2017-02-13 and 2018-02-05 there were 1,208 bars.",
		"A bearish week: AAPL closed at {AAPL.close}, “well” above the rest – calmly.":               "A bearish week: AAPL closed at 159.54 USD, “well” above the rest – calmly.",
		"BRK.B declined. AAPL rose.":                                                                 "BRK.B declined. AAPL rose.",
	} {
		got, err := testBook().fill([]string{in})
		if err != nil || got != want {
			t.Errorf("%s\ngot  %s, %v\nwant %s", in, got, err, want)
		}
	}
}

// Prose that lies, or says what it was not told, does not pass; the refusal says why.
func TestGateRefuses(t *testing.T) {
	for in, says := range map[string]string{
		"The market fell 3 percent.":                                  "figure of its own",
		"The market fell ٣ percent.":                                  "figure of its own",
		"The market fell ½ percent.":                                  "figure of its own",
		"BA fell by twenty percent.":                                  `figure of its own: "twenty"`,
		"BA halved to five hundred dollars.":                          `figure of its own: "halved"`,
		"AAPL gained {BA.change_20}.":                                 "gives a figure of BA to another symbol",
		"BA dropped {BA.close}.":                                      "gives a level",
		"In part Ⅳ.":                                                  "figure of its own",
		"The market fell {market.average}.":                           "not offered",
		"TSLA rose {TSLA.change_1}.":                                  "TSLA",
		"As did TSLA.":                                                "TSLA",
		"F rose sharply.":                                             `"F"`,
		"BA rose {BA.change_1}.":                                      "tells up",
		"AAPL fell {AAPL.change_1}.":                                  "tells down",
		"AAPL and BA gained {AAPL.change_1} and {BA.change_1}.":       "tells up",
		"The market climbed {market.average_change}.":                 "tells up",
		"CME jumped {CME.change_1}.":                                  "tells up",
		"BA was unchanged at {BA.change_1}.":                          "tells flat",
		"Gainers were AAPL {AAPL.change_1} and BA {BA.change_1}.":     "tells up",
		"AAPL gained {AAPL.change_1} while BA rallied {BA.change_1}.": "tells up",
		"BA is down {BA.change_20} over twenty bars.":                 "tells down",
		"BA rose sharply.":                                            "tells up",
		"All fell, but the market rose.":                              "tells up",
		"A bullish week.":                                             "bullish",
		"The market fell {market.average_change":                      "brace",
		"The market fell alone}.":                                     `'}'`,
		"The <b>market</b> fell.":                                     `'<'`,
		"The market\nfell.":                                           `'\n'`,
		"BA fell {BA.change_1}%.":                                     `'%'`,
		"市場は下落した。":                                                    "character",
		"broken \xff utf-8":                                           "character",
		"":                                                            "0 bytes",
		strings.Repeat("word ", 300):                                  "bytes",
	} {
		got, err := testBook().fill([]string{in})
		var refused Refusal
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s\ngot  %q, %v\nwant a refusal with %q", in, got, err, says)
		}
	}
	if _, err := testBook().fill(nil); err == nil {
		t.Error("no paragraphs: passed")
	}
	if _, err := testBook().fill([]string{"A.", "A.", "A.", "A.", "A.", "A."}); err == nil {
		t.Error("six paragraphs: passed")
	}
}

// One lie anywhere spoils the whole.
func TestGateLooksAtEveryParagraph(t *testing.T) {
	if got, err := testBook().fill([]string{"AAPL rose {AAPL.change_1}.", "BA rose {BA.change_1}."}); err == nil {
		t.Errorf("passed: %s", got)
	}
}

// Whatever a model writes, the gate ends, and no digit passes that did not come from a figure.
func FuzzGate(f *testing.F) {
	for _, seed := range []string{"BA fell {BA.change_1}.", "{", "}", "{}", "{.}", "BRK.B.", "A-B/C.D ...", "\xff{\xff}", "é{BA.close}"} {
		f.Add(seed)
	}
	b := testBook()
	f.Fuzz(func(t *testing.T, paragraph string) {
		got, err := b.fill([]string{paragraph})
		if err != nil {
			return
		}
		rest := paragraph
		for _, figure := range b.byName {
			rest = strings.ReplaceAll(rest, figure.Placeholder, "")
		}
		if strings.ContainsAny(rest, "0123456789{}<>") || got == "" {
			t.Errorf("passed: %q as %q", paragraph, got)
		}
	})
}

// A prompt is small however large the file.
func TestFactsAreBounded(t *testing.T) {
	item := pipeline.Item{}
	for i := range 1000 {
		x := float64(i)
		symbol := "S" + strings.Repeat("X", i%18)
		item.Insights = append(item.Insights, pipeline.Insight{Symbol: symbol, Change1: &x, Close: "1"})
		item.KeyAnomalies = append(item.KeyAnomalies, pipeline.Anomaly{Symbol: symbol, Kind: pipeline.LargeMove, Session: "2018-01-01", Value: x})
	}
	if n := len(newBook(item).facts.Figures); n > 50 {
		t.Errorf("figures: got %d, want at most 50", n)
	}
}

// Numbered listings and unsafe names are not offered; a symbol at two intervals is described by the change that moved
// it.
func TestBook(t *testing.T) {
	a, b := 1.0, 2.0
	got := newBook(pipeline.Item{
		Insights: []pipeline.Insight{
			{Symbol: "AAPL", Interval: "1day", Close: "1", Change1: &a},
			{Symbol: "AAPL", Interval: "1week", Close: "1", Change1: &b},
			{Symbol: "7203", Interval: "1day", Close: "1", Change1: &a},
			{Symbol: "a b", Interval: "1day", Close: "1", Change1: &a},
			{Symbol: "TRP", MICCode: "XNYS", Interval: "1week", Close: "1", Change1: &a},
			{Symbol: "TRP", MICCode: "XTSE", Interval: "1week", Close: "1", Change1: &a},
		},
		Aggregates: pipeline.Aggregates{Interval: "1week", TopGainers: []pipeline.Mover{
			{Symbol: "AAPL", Change: 2},
			{Symbol: "7203", Change: 1},
			{Symbol: "a b", Change: 1},
			{Symbol: "TRP", Exchange: "XTSE", Change: 1},
		}},
	})
	if f := got.byName["AAPL.change_1"]; f.Value != "+2.00%" || !strings.Contains(f.Meaning, "week") {
		t.Errorf("AAPL.change_1: got %+v, want that of the week", f)
	}
	if len(got.facts.Symbols) != 1 {
		t.Errorf("symbols: got %v, want AAPL alone", got.facts.Symbols)
	}
}
