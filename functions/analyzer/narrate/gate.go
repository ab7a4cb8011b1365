package narrate

import (
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// Bounds of prose. A report is read, not studied.
const (
	MaxParagraphs = 5
	MaxParagraph  = 1200 // bytes
)

// fill lets prose pass the gate and fills in its figures; paragraphs are separated by an empty line. Its error is a
// [Refusal].
//
// A sign is dropped where a word already tells the direction: "fell {BA.change_1}" becomes "fell 1.75%".
func (b book) fill(paragraphs []string) (string, error) {
	if len(paragraphs) == 0 || len(paragraphs) > MaxParagraphs {
		return "", refuse("%d paragraphs", len(paragraphs))
	}
	var out []string
	for _, paragraph := range paragraphs {
		paragraph = strings.TrimSpace(paragraph)
		if paragraph == "" || len(paragraph) > MaxParagraph {
			return "", refuse("a paragraph of %d bytes", len(paragraph))
		}
		tokens, err := b.tokens(paragraph)
		if err != nil {
			return "", err
		}
		text, err := b.tell(tokens)
		if err != nil {
			return "", err
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n\n"), nil
}

// tell writes a paragraph out and holds every direction in it against the figures.
func (b book) tell(all []token) (string, error) {
	var text strings.Builder
	for i, t := range all {
		switch {
		case t.figure != nil:
			way, told := governing(all, i)
			if told && t.figure.Direction != "" && way != t.figure.Direction {
				return "", refuse("%q tells %s of %s, which went %s", sentence(all, i), way, t.text, t.figure.Direction)
			}
			if err := belongs(all, i); err != nil {
				return "", err
			}
			if told && t.figure.Direction != "" {
				text.WriteString(unsigned(t.figure.Value))
			} else {
				text.WriteString(t.figure.Value)
			}
		default:
			if numerals[t.word] && (i+2 >= len(all) || !periods[all[i+2].word]) {
				return "", refuse("a figure of its own: %q", t.text)
			}
			if err := b.bare(all, i); err != nil {
				return "", err
			}
			text.WriteString(t.text)
		}
	}
	return text.String(), nil
}

// belongs refuses the placeholder at i in a sentence that names other symbols only, "BA rose {AMD.change_1}", and a
// level right behind a verb of change, "BA gained {BA.close}": a reader would take the figure for something else.
func belongs(all []token, i int) error {
	subject, others := all[i].subject(), false
	for _, t := range all {
		if t.sentence != all[i].sentence || t.symbol == "" || t.symbol == "market" {
			continue
		}
		if t.symbol == subject {
			others = false
			break
		}
		others = true
	}
	if others && subject != "market" {
		return refuse("%q gives a figure of %s to another symbol", sentence(all, i), subject)
	}
	if i >= 2 && all[i].figure.Direction == "" && all[i-1].text == " " {
		if _, verb := ways[all[i-2].word]; verb {
			return refuse("%q gives a level, %s, for a change", sentence(all, i), all[i].text)
		}
	}
	return nil
}

// governing finds the word that tells the direction of the placeholder at i: in its own statement the nearest before
// it, then the nearest behind it; then likewise in its sentence, as far as another figure of the same subject, which
// has a verb of its own.
func governing(all []token, i int) (pipeline.Direction, bool) {
	near := func(step int, within func(token) bool) (pipeline.Direction, bool) {
		for j := i + step; 0 <= j && j < len(all) && within(all[j]); j += step {
			if f := all[j].figure; f != nil && f.Direction != "" && all[j].subject() == all[i].subject() {
				break
			}
			if way, ok := ways[all[j].word]; ok {
				return way, true
			}
		}
		return "", false
	}
	clause := func(t token) bool { return t.clause == all[i].clause }
	within := func(t token) bool { return t.sentence == all[i].sentence }
	for _, scope := range []func(token) bool{clause, within} {
		for _, step := range []int{-1, +1} {
			if way, ok := near(step, scope); ok {
				return way, true
			}
		}
	}
	return "", false
}

// bare checks a symbol, or the market, that is named without a placeholder in its sentence that would be checked
// instead: "BA rose sharply". The verb is looked for behind it, in the same statement. What a statement says of
// volume is not about prices.
func (b book) bare(all []token, i int) error {
	subject := all[i].symbol
	if subject == "" {
		return nil
	}
	figure, known := b.byName[subject+".change_1"]
	if subject == "market" {
		figure, known = b.byName["market.average_change"]
	}
	if !known {
		return nil
	}
	for _, t := range all {
		sameSentence, sameClause := t.sentence == all[i].sentence, t.clause == all[i].clause
		if sameSentence && t.figure != nil && t.figure.Direction != "" && t.subject() == subject {
			return nil
		}
		if sameClause && activity[t.word] {
			return nil
		}
	}
	for j := i + 1; j < len(all) && all[j].clause == all[i].clause; j++ {
		if way, ok := ways[all[j].word]; ok {
			if way != figure.Direction {
				return refuse("%q tells %s of %s, which went %s", sentence(all, i), way, subject, figure.Direction)
			}
			return nil
		}
	}
	return nil
}

// sentence is the sentence around a token, shortened, for a refusal.
func sentence(all []token, i int) string {
	var text strings.Builder
	for _, t := range all {
		if t.sentence == all[i].sentence {
			text.WriteString(t.text)
		}
	}
	s := strings.TrimSpace(text.String())
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}
