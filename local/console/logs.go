package console

import (
	"net/http"
	"slices"
	"strings"
)

// maxLines bounds a page of logs; the latest are shown.
const maxLines = 500

// logView is the lines that a filter lets through.
type logView struct {
	// The filter: an empty one lets everything through. Text is looked for without regard to case.
	Function, Correlation, Level, Text string
	Functions                          []string
	Lines                              []Line
	// Hidden counts older lines that match.
	Hidden int
}

// levels are those of log lines, in the order of their weight.
var levels = []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "PANIC"}

func (c *Console) logs(w http.ResponseWriter, r *http.Request) {
	view := logView{
		Function: r.FormValue("function"), Correlation: strings.TrimSpace(r.FormValue("correlation")),
		Level: r.FormValue("level"), Text: r.FormValue("text"),
	}
	for _, line := range c.source.Logs() {
		if !slices.Contains(view.Functions, line.Function) {
			view.Functions = append(view.Functions, line.Function)
		}
		if view.shows(line) {
			view.Lines = append(view.Lines, line)
		}
	}
	slices.Sort(view.Functions)
	view.Hidden = max(len(view.Lines)-maxLines, 0)
	view.Lines = view.Lines[view.Hidden:]
	c.render(w, "logs", page{Title: "Logs", Section: "logs", Live: true, Cloud: c.source.Snapshot(), Body: view})
}

func (v logView) shows(line Line) bool {
	return (v.Function == "" || v.Function == line.Function) &&
		(v.Correlation == "" || v.Correlation == line.Correlation) &&
		slices.Index(levels, line.Level) >= slices.Index(levels, v.Level) &&
		strings.Contains(strings.ToLower(line.Text), strings.ToLower(v.Text))
}
