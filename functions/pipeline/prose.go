package pipeline

import "errors"

// Facts is all that the model is told: the user's turn of a prompt is this, as JSON, and nothing else.
type Facts struct {
	Sentiment Sentiment `json:"sentiment"`
	// Symbols lists the symbols that may be named.
	Symbols []string `json:"symbols"`
	Figures []Figure `json:"figures"`
}

// Figure is a value that the model may refer to by its placeholder. Code fills it in.
type Figure struct {
	// Placeholder is `{market.<figure>}` or `{<symbol>.<figure>}`, braces included.
	Placeholder string `json:"placeholder"`
	// Meaning says what it is, in words.
	Meaning string `json:"meaning"`
	// Value is the text that will take the placeholder's place.
	Value string `json:"value"`
	// Direction is which way it points; empty where it is not a change.
	Direction Direction `json:"direction,omitempty"`
}

// Prose is what one call to the model brought. The tokens were charged, also where an error comes with it.
type Prose struct {
	// Paragraphs hold placeholders, not yet filled in.
	Paragraphs []string
	TokensIn   int
	TokensOut  int
}

// Ways in which a call to the model ends without prose.
var (
	// ErrModelBusy means that the model did not answer this time: throttled, overloaded, too slow, not reached.
	ErrModelBusy = errors.New("model did not answer")
	// ErrModelDenied means that asking again does not help: no access, an invalid request, a quota used up for the day.
	ErrModelDenied = errors.New("model refused the request")
	// ErrModelMalformed means that the model answered, but not in the form that was asked for.
	ErrModelMalformed = errors.New("model answered in another form")
)
