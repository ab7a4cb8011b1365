package pipeline

// NarrationSource says who wrote the prose.
type NarrationSource string

// Sources of prose.
const (
	// ByModel is a language model's sentences, with figures filled in by code.
	ByModel NarrationSource = "model"
	// ByTemplate is generated sentences.
	ByTemplate NarrationSource = "template"
)

// Narration says how the prose came to be and what it cost.
type Narration struct {
	Source NarrationSource `json:"source"`
	// Model is the id that was asked, also where its answer was not used.
	Model string `json:"model"`
	// Attempts counts calls to the model, 0 to 5.
	Attempts  int     `json:"attempts"`
	TokensIn  int     `json:"tokens_in"`
	TokensOut int     `json:"tokens_out"`
	CostUSD   float64 `json:"cost_usd"`
	// Sentences are the paragraphs of the prose, sentence by sentence, each with the source of its words. Texts joined
	// by a space, and paragraphs by an empty line, are executive_summary.
	Sentences [][]Sentence `json:"sentences,omitempty"`
	// Fallback says why the model's prose was not used; empty where it was.
	Fallback string `json:"fallback,omitempty"`
}

// Sentence is one sentence of the prose.
type Sentence struct {
	Text   string          `json:"text"`
	Source NarrationSource `json:"source"`
}
