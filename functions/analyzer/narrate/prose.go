package narrate

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mejan/mejan/functions/pipeline"
)

// token is one piece of a paragraph: a word, a placeholder, or a mark between them.
type token struct {
	text   string // as the model wrote it
	figure *pipeline.Figure
	word   string // in lower case, for a word
	symbol string // for a word that names a symbol, or the market
	// clause and sentence number the statements and the sentences of the paragraph.
	clause, sentence int
}

// subject is what a placeholder's figure is about: `{BRK.B.close}` is about BRK.B.
func (t token) subject() string {
	name := strings.Trim(t.figure.Placeholder, "{}")
	return name[:strings.LastIndexByte(name, '.')]
}

// marks are the characters that may stand between words. What is not among them has no place in plain sentences:
// markup, control characters, and the signs of figures that carry their own.
const marks = " .,;:'’\"“”()-–—/&!?"

// tokens takes a paragraph apart. It refuses what no sentence of a report may hold: digits and other numerals outside
// a placeholder, placeholders that were not offered, symbols that were not offered.
func (b book) tokens(paragraph string) ([]token, error) {
	var all []token
	clause, sentence := 0, 0
	for rest := paragraph; rest != ""; {
		t := token{clause: clause, sentence: sentence}
		r, _ := utf8.DecodeRuneInString(rest)
		switch {
		case r == '{':
			end := strings.IndexByte(rest, '}') + 1
			if end == 0 {
				return nil, refuse("a brace is not closed")
			}
			t.text = rest[:end]
			figure, known := b.byName[t.text[1:end-1]]
			if !known {
				return nil, refuse("placeholder %.60q was not offered", t.text)
			}
			t.figure = &figure
		case unicode.IsNumber(r):
			return nil, refuse("a figure of its own near %.40q", rest)
		case unicode.In(r, unicode.Latin):
			t.text = word(rest)
			if err := b.name(&t); err != nil {
				return nil, err
			}
			if breaks[t.word] {
				clause++
				t.clause = clause
			}
		case strings.ContainsRune(marks, r):
			t.text = string(r)
			if strings.ContainsRune(",;:–—", r) {
				clause++
			}
			if strings.ContainsRune(".!?", r) {
				clause++
				sentence++
			}
		default:
			return nil, refuse("character %q", r)
		}
		all = append(all, t)
		rest = rest[len(t.text):]
	}
	return all, nil
}

// word cuts the word that s begins with. A dot, a slash or a hyphen belongs to it where a letter follows, as in
// BRK.B.
func word(s string) string {
	for i, r := range s {
		if unicode.In(r, unicode.Latin) {
			continue
		}
		next := strings.TrimLeft(s[i:], "./-")
		if len(s[i:])-len(next) == 1 && next != "" && 'A' <= next[0] && next[0] <= 'Z' {
			continue
		}
		return s[:i]
	}
	return s
}

// name says what a word means to the gate.
func (b book) name(t *token) error {
	t.word = strings.ToLower(t.text)
	switch {
	case t.text == "A", t.text == "I": // symbols, but words first
	case b.symbol[t.text]:
		t.symbol = t.text
	case t.word == "market" || t.word == "markets":
		t.symbol = "market"
	case t.text == strings.ToUpper(t.text) && !abbreviations[t.text]:
		return refuse("symbol %q was not offered", t.text)
	}
	moody := t.word == string(pipeline.Bullish) || t.word == string(pipeline.Bearish)
	if moody && t.word != string(b.facts.Sentiment) {
		return refuse("%q of a market that is %s", t.word, b.facts.Sentiment)
	}
	return nil
}

// Refusal is why the gate does not let prose pass. It is worded so that the model can be told.
type Refusal string

func (r Refusal) Error() string { return "prose refused: " + string(r) }

func refuse(format string, args ...any) Refusal { return Refusal(fmt.Sprintf(format, args...)) }
