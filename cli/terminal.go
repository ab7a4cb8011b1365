package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
)

const (
	// reportRows is how many symbols a report shows; of more, those that moved most.
	reportRows = 40
	// sparkBars is how many closes a sparkline draws.
	sparkBars = 30
	// reportWidth is where sentences break, in characters.
	reportWidth = 110
)

// terminalReport shows an analysis in a terminal.
type terminalReport struct {
	w io.Writer
	paint
	names pipeline.Names
	err   error
}

func newTerminalReport(w io.Writer, p paint) *terminalReport { return &terminalReport{w: w, paint: p} }

// line writes one line; the first error is kept.
func (s *terminalReport) line(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.w, format+"\n", args...)
	}
}

func (s *terminalReport) heading(text string) { s.line("\n%s", s.bold(text)) }

func (s *terminalReport) show(a analyze.Analysis, item pipeline.Item) error {
	s.names = pipeline.NewNames(a.Insights)
	s.market(item)
	s.heading("SUMMARY")
	for paragraph := range strings.SplitSeq(item.ExecutiveSummary, "\n\n") {
		s.line("%s", wrap(paragraph))
	}
	s.symbols(a)
	s.anomalies(item)
	s.quality(item)
	return s.err
}

// market is the line that says it all, and what it rests on.
func (s *terminalReport) market(item pipeline.Item) {
	m := item.Aggregates
	s.line("%s", s.bold(fmt.Sprintf("%s  %s bars as of %s",
		command.Printable(item.Source.Key), command.Printable(m.Interval), command.Printable(item.AsOf))))
	s.line("%s", s.soft(fmt.Sprintf("%d symbols, %d bars from %s to %s",
		item.SymbolsAnalyzed, m.Bars, command.Printable(m.From), command.Printable(m.To))))

	mood := map[pipeline.Sentiment]float64{pipeline.Bullish: 1, pipeline.Bearish: -1}[m.Sentiment]
	parts := []string{
		s.bold(s.way(mood, strings.ToUpper(string(m.Sentiment)))),
		fmt.Sprintf("%d of %d advanced, %d declined, %d unchanged", m.Advancers, m.Series, m.Decliners, m.Unchanged),
	}
	if x := m.AverageChange; x != nil {
		parts = append(parts, "average "+s.way(*x, signed(*x)+" %"))
	}
	if x := m.MedianChange; x != nil {
		parts = append(parts, "median "+s.way(*x, signed(*x)+" %"))
	}
	if x := m.Dispersion; x != nil {
		parts = append(parts, fmt.Sprintf("dispersion %.2f pp", *x))
	}
	s.line("\n%s", strings.Join(parts, " · "))

	parts = nil
	if t := m.Turbulence; t != nil && t.Method == pipeline.ByDistance {
		parts = append(parts, fmt.Sprintf("turbulence %.2f times the usual", t.Value))
	}
	if x := m.Breadth.AboveSMA50; x != nil {
		parts = append(parts, fmt.Sprintf("%.0f %% above their SMA50", *x))
	}
	parts = append(parts, fmt.Sprintf("%d new highs, %d new lows", m.Breadth.NewHighs, m.Breadth.NewLows))
	if x := m.Breadth.TRIN; x != nil {
		parts = append(parts, fmt.Sprintf("TRIN %.2f", *x))
	}
	if c := m.Correlation; c != nil {
		parts = append(parts, fmt.Sprintf("average correlation %.2f", c.Average))
	}
	s.line("%s", strings.Join(parts, " · "))
	for _, g := range m.Groups {
		s.line("%s", s.soft(fmt.Sprintf("apart: %d series of %s bars as of %s, %s",
			g.Series, command.Printable(g.Interval), command.Printable(g.Session), g.Sentiment)))
	}
}

// symbols is the table of symbols. Cells are padded before they are coloured, because a colour has no width.
func (s *terminalReport) symbols(a analyze.Analysis) {
	shown := pipeline.MovedMost(a.Insights, reportRows)
	s.heading(fmt.Sprintf("%-10s %11s %9s %9s %9s  %-10s %5s %7s %6s %9s %7s  %s",
		"SYMBOL", "CLOSE", "1 BAR", "5 BARS", "20 BARS", "TREND", "RSI", "VOL", "52 W", "DRAWDOWN", "VOLUME", "LAST 30"))
	lines := make(map[pipeline.Series][]float64)
	if a.Drawing != nil {
		for _, c := range a.Drawing.Closes {
			lines[c.Series()] = c.Closes[max(0, len(c.Closes)-sparkBars):]
		}
	}
	for _, in := range shown {
		name := command.Printable(s.names.Of(in.Series()))
		if len(a.Aggregates.Intervals) > 1 {
			name += " " + command.Printable(in.Interval)
		}
		trend := ""
		if in.Trend != nil {
			trend = map[pipeline.Direction]string{pipeline.Up: "↗", pipeline.Down: "↘", pipeline.Flat: "→"}[in.Trend.Direction] +
				" " + string(in.Trend.Strength)
		}
		var position, drawdown *float64
		if in.Range != nil {
			position = &in.Range.Position
		}
		if in.Drawdown != nil {
			drawdown = &in.Drawdown.Current
		}
		s.line("%s %11s %s %s %s  %-10s %5s %7s %6s %9s %7s  %s",
			s.bold(fmt.Sprintf("%-10s", name)), shorten(string(in.Close)),
			s.change(in.Change1), s.change(in.Change5), s.change(in.Change20), trend,
			cell(in.RSI14, "%.0f"), cell(in.VolatilityAnnual, "%.1f %%"), cell(position, "%.0f %%"),
			cell(drawdown, "%.1f %%"), cell(in.RelativeVolume, "%.2f×"), spark(lines[in.Series()]))
	}
	if more := len(a.Insights) - len(shown); more > 0 {
		s.line("%s", s.soft(fmt.Sprintf("These moved most; %d more.", more)))
	}
}

func (s *terminalReport) change(x *float64) string {
	text := fmt.Sprintf("%9s", cell(x, "%+.2f %%"))
	if x == nil {
		return text
	}
	return s.way(*x, text)
}

func cell(x *float64, format string) string {
	if x == nil {
		return "–"
	}
	return fmt.Sprintf(format, *x)
}

func (s *terminalReport) anomalies(item pipeline.Item) {
	s.heading("ANOMALIES")
	s.list(item.KeyAnomalies)
	if more := item.Aggregates.Anomalies - len(item.KeyAnomalies); more > 0 {
		s.line("%s", s.soft(fmt.Sprintf("%d more on this bar, less surprising.", more)))
	}
	if len(item.EarlierAnomalies) > 0 {
		s.heading("EARLIER ANOMALIES")
		s.list(item.EarlierAnomalies)
	}
}

func (s *terminalReport) list(anomalies []pipeline.Anomaly) {
	if len(anomalies) == 0 {
		s.line("None on this bar.")
		return
	}
	width := 0
	for _, a := range anomalies {
		width = max(width, utf8.RuneCountInString(a.Session))
	}
	for _, a := range anomalies {
		value, what := describe(a)
		s.line("%-*s  %-10s %10s  surprise %-5.2f  %s", width, command.Printable(a.Session),
			command.Printable(s.names.Of(a.Series())), value, a.Surprise, command.Printable(what))
	}
}

// describe gives what was seen and, in words, what it is. A kind that another version wrote is shown by its name.
func describe(a pipeline.Anomaly) (value, what string) {
	code := pipeline.CodeOf(string(a.Kind), pipeline.LevelAnomaly)
	threshold := strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", a.Threshold), "0"), ".")
	switch code.Measure {
	case pipeline.MeasurePercent:
		return signed(a.Value) + " %", code.Anomaly(threshold+" %", "bar")
	case pipeline.MeasureMultiple:
		return fmt.Sprintf("%.2f×", a.Value), code.Anomaly(threshold+"×", "bar")
	case pipeline.MeasureScore:
		return signed(a.Value) + " z", code.Anomaly(threshold, "bar")
	default:
		return signed(a.Value), code.Anomaly(threshold, "bar")
	}
}

func (s *terminalReport) quality(item pipeline.Item) {
	s.heading("DATA QUALITY")
	rows := item.RowCounts
	s.line("%d rows read, %d used, %d rejected", rows.Raw, rows.Processed, rows.Rejected)
	for _, line := range command.Findings(item.Quality.Reasons, pipeline.LevelReject) {
		s.line("  refused %s", line)
	}
	for _, line := range command.Findings(item.Quality.Warnings, pipeline.LevelWarn) {
		s.line("  warned  %s", line)
	}
	for _, p := range item.DataProblems {
		ratio := ""
		if p.Ratio > 0 {
			ratio = fmt.Sprintf(", %g times the close before", p.Ratio)
		}
		s.line("  %s  %s  a %s%s", command.Printable(p.Session), command.Printable(s.names.Of(p.Series())),
			command.Printable(pipeline.CodeOf(p.Code, pipeline.LevelWarn).Finding(1)), ratio)
	}
	if len(item.DataProblems) > 0 {
		s.line("  Such a change is an artefact of the data; figures do not reach across it.")
	}
	if n := item.Aggregates.Repeated; n > 0 {
		s.line("  %d bars left out: their series has another of the same datetime", n)
	}
}

// signed writes two decimals, with a plus where it is above zero.
func signed(x float64) string { return fmt.Sprintf("%+.2f", x) }

// shorten drops the zeros that end a price beyond two decimals.
func shorten(price string) string {
	whole, fraction, found := strings.Cut(price, ".")
	if !found {
		return price
	}
	for len(fraction) > 2 && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	return whole + "." + fraction
}

// wrap breaks a paragraph at spaces.
func wrap(text string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(command.Printable(text)) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > reportWidth:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}
