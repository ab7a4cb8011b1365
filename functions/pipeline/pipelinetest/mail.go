package pipelinetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/mail"
)

// Mailbox is a mailer in memory. It fails its test when two copies of a report are accepted although nothing was
// uncertain about the first, and when a message could not go out as it is: no words in one of the bodies, or data
// that breaks out of a header.
//
// A copy is forgiven, once, for each accepted message whose answer a fault lost, and for each call of
// [Mailbox.Forgive]. Each call of Send is one call to [Faults].
type Mailbox struct {
	t        testing.TB
	faults   *Faults
	mu       sync.Mutex
	accepted []mail.Message
	forgiven map[string]int
}

// NewMailbox makes an empty mailbox for a test. faults may be nil.
func NewMailbox(t testing.TB, faults *Faults) *Mailbox {
	return &Mailbox{t: t, faults: faults, forgiven: make(map[string]int)}
}

// Receivers names one receiver.
func (*Mailbox) Receivers(mail.Message) []string {
	return []string{pipeline.ReceiverID("reader@example.com")}
}

// Send accepts m. Like the real one it has no effect once ctx is done.
func (b *Mailbox) Send(ctx context.Context, m mail.Message) (string, error) {
	b.t.Helper()
	id := ""
	err := b.faults.around("Send", m.RunID, func() error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return err
		}
		b.accept(m)
		id = fmt.Sprintf("message-%d", len(b.accepted))
		return nil
	})
	if err == nil {
		return id, nil
	}
	if id != "" {
		b.Forgive(m.RunID)
	}
	return "", fmt.Errorf("send report %q: %w", m.RunID, err)
}

func (b *Mailbox) accept(m mail.Message) {
	b.t.Helper()
	if strings.TrimSpace(m.HTML) == "" || strings.TrimSpace(m.Text) == "" || strings.TrimSpace(m.Subject) == "" {
		b.t.Errorf("mail of run %q: empty subject, html or text", m.RunID)
	}
	for _, value := range []string{m.RunID, m.CorrelationID, m.Subject} {
		if value == "" || strings.ContainsAny(value, "\r\n") {
			b.t.Errorf("mail of run %q: header value %q is not one line", m.RunID, value)
		}
	}
	copies := 0
	for _, earlier := range b.accepted {
		if earlier.RunID == m.RunID {
			copies++
		}
	}
	if copies > b.forgiven[m.RunID] {
		b.t.Errorf("mail of run %q: accepted again, although nothing was uncertain about copy %d", m.RunID, copies)
	}
	b.accepted = append(b.accepted, m)
}

// Forgive says that a copy of a run's report may follow: what became of the first is not known, because its sender
// died.
func (b *Mailbox) Forgive(runID string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forgiven[runID]++
}

// Accepted lists the messages that went out, in order.
func (b *Mailbox) Accepted() []mail.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.accepted)
}
