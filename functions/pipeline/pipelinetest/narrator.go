package pipelinetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// Answer is how [Model] answers one call.
type Answer string

// Answers.
const (
	// Honest is prose that keeps to the facts.
	Honest Answer = "honest"
	// Lying is prose that tells the opposite direction of every change.
	Lying Answer = "lying"
	// Figures is prose that holds a figure of the model's own.
	Figures Answer = "figures"
	// Malformed, Busy and Denied stand for the errors of the same names in the root package.
	Malformed Answer = "malformed"
	Busy      Answer = "busy"
	Denied    Answer = "denied"
)

// What each answer of [Model] costs, in tokens, where it costs any.
const (
	TokensIn  = 900
	TokensOut = 200
)

// Model is a language model in memory. It fails its test when facts would let a file speak to the model: a symbol or
// a placeholder that is not made of plain characters. Each call is one call to [Faults].
type Model struct {
	t      testing.TB
	faults *Faults
	mu     sync.Mutex
	script []Answer
	asked  []string
}

// NewModel makes a model that gives the answers in turn, the last for ever; honest ones where there are none. faults
// may be nil.
func NewModel(t testing.TB, faults *Faults, script ...Answer) *Model {
	return &Model{t: t, faults: faults, script: append(script, Honest)[:max(1, len(script))]}
}

// ID names the model whose prices are known.
func (*Model) ID() string { return "us.amazon.nova-lite-v1:0" }

// Asked lists the instructions of each call so far.
func (m *Model) Asked() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.asked...)
}

// Write answers as the script says.
func (m *Model) Write(ctx context.Context, instructions string, facts pipeline.Facts,
) (prose pipeline.Prose, err error) {
	m.t.Helper()
	err = m.faults.around("Write", m.ID(), func() error {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%w: %w", pipeline.ErrModelBusy, err)
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.check(facts)
		answer := m.script[min(len(m.asked), len(m.script)-1)]
		m.asked = append(m.asked, instructions)
		var err error
		prose, err = respond(answer, facts)
		return err
	})
	return prose, err
}

func respond(answer Answer, facts pipeline.Facts) (pipeline.Prose, error) {
	prose := pipeline.Prose{TokensIn: TokensIn, TokensOut: TokensOut}
	switch answer {
	case Busy:
		return pipeline.Prose{}, fmt.Errorf("ask: %w: ThrottlingException", pipeline.ErrModelBusy)
	case Denied:
		return pipeline.Prose{}, fmt.Errorf("ask: %w: AccessDeniedException", pipeline.ErrModelDenied)
	case Malformed:
		return prose, fmt.Errorf("ask: %w: tool not called", pipeline.ErrModelMalformed)
	case Figures:
		prose.Paragraphs = []string{"The market fell 3.2 percent."}
	case Lying:
		prose.Paragraphs = paragraphs(facts, verbs{pipeline.Up: "fell", pipeline.Down: "rose", pipeline.Flat: "rose"})
	case Honest:
		prose.Paragraphs = paragraphs(facts, verbs{pipeline.Up: "rose", pipeline.Down: "fell", pipeline.Flat: "was flat at"})
	}
	return prose, nil
}

// verbs tell a direction, truly or not.
type verbs map[pipeline.Direction]string

// paragraphs makes a sentence of each change and one of what is left.
func paragraphs(facts pipeline.Facts, tell verbs) []string {
	var changes, counts []string
	for _, f := range facts.Figures {
		name := strings.Trim(f.Placeholder, "{}")
		subject := name[:strings.LastIndexByte(name, '.')]
		if f.Direction != "" {
			changes = append(changes, fmt.Sprintf("The figure of %s %s %s.", subject, tell[f.Direction], f.Placeholder))
		} else if subject == "market" {
			counts = append(counts, f.Placeholder)
		}
	}
	text := strings.Join(changes[:min(len(changes), 8)], " ")
	return []string{text, "The counts: " + strings.Join(counts, ", ") + "."}
}

func (m *Model) check(facts pipeline.Facts) {
	m.t.Helper()
	names := append([]string(nil), facts.Symbols...)
	for _, f := range facts.Figures {
		names = append(names, f.Placeholder, f.Value)
	}
	for _, name := range names {
		if strings.ContainsAny(name, "\n\r\t<>\"'`\\") || len(name) > 80 {
			m.t.Errorf("facts hold %q: a file may speak to the model", name)
		}
	}
}
