package pipelinetest_test

import (
	"testing"

	"github.com/mejan/mejan/functions/pipeline/mail"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// recorder is a test that may fail without failing this one.
type recorder struct {
	testing.TB
	failures int
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failures++ }

// The mailbox notices a second copy that nobody had a reason to send, and lets one pass that had one.
func TestMailboxNoticesCopies(t *testing.T) {
	report := mail.Message{RunID: "run", CorrelationID: "c", Subject: "s", HTML: "<p>", Text: "t"}
	for _, test := range []struct {
		name     string
		faults   *pipelinetest.Faults
		forgiven int
		sends    int
		failures int
	}{
		{"one", nil, 0, 1, 0},
		{"a copy", nil, 0, 2, 1},
		{"a copy after a refused call", pipelinetest.FailAt(1, false), 0, 2, 0},
		{"a copy after a lost answer", pipelinetest.FailAt(1, true), 0, 2, 0},
		{"two copies after a lost answer", pipelinetest.FailAt(1, true), 0, 3, 1},
		{"a copy for a sender that died", nil, 1, 2, 0},
	} {
		r := &recorder{TB: t}
		box := pipelinetest.NewMailbox(r, test.faults)
		for range test.forgiven {
			box.Forgive("run")
		}
		for range test.sends {
			_, _ = box.Send(t.Context(), report)
		}
		if r.failures != test.failures {
			t.Errorf("%s: %d failures, want %d", test.name, r.failures, test.failures)
		}
	}
}

// The mailbox notices a message that would break out of a header, or say nothing.
func TestMailboxNoticesUnsendable(t *testing.T) {
	for _, m := range []mail.Message{
		{RunID: "run", CorrelationID: "c", Subject: "a\r\nBcc: x", HTML: "<p>", Text: "t"},
		{RunID: "run", CorrelationID: "c\nd", Subject: "s", HTML: "<p>", Text: "t"},
		{RunID: "run", CorrelationID: "c", Subject: "s", HTML: "<p>", Text: " "},
		{RunID: "run", CorrelationID: "c", Subject: "s", Text: "t"},
	} {
		r := &recorder{TB: t}
		_, _ = pipelinetest.NewMailbox(r, nil).Send(t.Context(), m)
		if r.failures != 1 {
			t.Errorf("%+v: %d failures, want 1", m, r.failures)
		}
	}
}
