package report

import (
	"context"
	"fmt"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// Report is a rendered e-mail.
type Report struct {
	// Subject is one line.
	Subject string
	// HTML stays below 102 KB, where Gmail would clip it.
	HTML string
	// Text has lines of at most [lineWidth] characters, but for words that are longer.
	Text string
}

// Render writes the e-mail about an analysis. Text of the item is data: it is escaped, and its length bounded.
func Render(item pipeline.Item) (Report, error) {
	v := newView(item)
	var html strings.Builder
	if err := page(v).Render(context.Background(), &html); err != nil {
		return Report{}, fmt.Errorf("render report %q: %w", item.AnalysisID, err)
	}
	return Report{Subject: v.subject, HTML: html.String(), Text: text(v)}, nil
}
