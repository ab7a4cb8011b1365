// Package narrator adapts a language model on Bedrock: it asks for paragraphs about facts, and takes them only in the
// form of a call of one forced tool. What the paragraphs may say is not decided here.
package narrator

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/mejan/mejan/functions/pipeline"
)

const (
	// Tool is the name of the tool that the model is forced to call.
	Tool = "write_summary"
	// MaxTokens bounds an answer. Five paragraphs of 150 words are about 1,000 tokens; the rest is room for JSON.
	MaxTokens = 1500
)

// Model is one model or inference profile. Its methods may be called concurrently.
type Model struct {
	client *bedrockruntime.Client
	id     string
}

// New makes the model or inference profile of that id from the SDK's configuration. Calls are not retried by the SDK:
// whoever asks has its own budget of calls.
func New(cfg aws.Config, id string) *Model {
	return &Model{id: id, client: bedrockruntime.NewFromConfig(cfg, func(o *bedrockruntime.Options) {
		o.Retryer = aws.NopRetryer{}
	})}
}

// ID is the id of the model or inference profile.
func (m *Model) ID() string { return m.id }

// Write asks once, by one HTTP call, at temperature 0. Its error wraps [pipeline.ErrModelBusy],
// [pipeline.ErrModelDenied] or [pipeline.ErrModelMalformed]; tokens are reported also with the last of them.
func (m *Model) Write(ctx context.Context, instructions string, facts pipeline.Facts) (pipeline.Prose, error) {
	text, err := json.Marshal(facts)
	if err != nil {
		return pipeline.Prose{}, fmt.Errorf("encode facts: %w: %w", pipeline.ErrModelDenied, err)
	}
	out, err := m.client.Converse(ctx, m.request(instructions, string(text)))
	if err != nil {
		return pipeline.Prose{}, fmt.Errorf("converse with %q: %w: %w", m.id, verdict(err), err)
	}
	var prose pipeline.Prose
	if out.Usage != nil {
		prose.TokensIn = int(aws.ToInt32(out.Usage.InputTokens))
		prose.TokensOut = int(aws.ToInt32(out.Usage.OutputTokens))
	}
	prose.Paragraphs, err = paragraphs(out)
	if err != nil {
		return prose, fmt.Errorf("converse with %q: %w: %w", m.id, pipeline.ErrModelMalformed, err)
	}
	return prose, nil
}

func (m *Model) request(instructions, facts string) *bedrockruntime.ConverseInput {
	return &bedrockruntime.ConverseInput{
		ModelId: &m.id,
		System:  []types.SystemContentBlock{&types.SystemContentBlockMemberText{Value: instructions}},
		Messages: []types.Message{{
			Role:    types.ConversationRoleUser,
			Content: []types.ContentBlock{&types.ContentBlockMemberText{Value: facts}},
		}},
		InferenceConfig: &types.InferenceConfiguration{
			MaxTokens:   aws.Int32(MaxTokens),
			Temperature: aws.Float32(0),
		},
		// Nova takes the most likely token only when told so by this field of its own.
		AdditionalModelRequestFields: document.NewLazyDocument(map[string]any{
			"inferenceConfig": map[string]any{"topK": 1},
		}),
		ToolConfig: &types.ToolConfiguration{
			Tools: []types.Tool{&types.ToolMemberToolSpec{Value: types.ToolSpecification{
				Name:        aws.String(Tool),
				Description: aws.String("Hands in the paragraphs of the summary."),
				InputSchema: &types.ToolInputSchemaMemberJson{Value: document.NewLazyDocument(schema())},
			}}},
			ToolChoice: &types.ToolChoiceMemberTool{Value: types.SpecificToolChoice{Name: aws.String(Tool)}},
		},
	}
}

// schema is the JSON schema of the tool's input.
func schema() map[string]any {
	return map[string]any{
		"type": "object",
		"properties": map[string]any{
			"paragraphs": map[string]any{
				"type":        "array",
				"description": "The paragraphs, in order. Figures only as placeholders.",
				"items":       map[string]any{"type": "string"},
			},
		},
		"required": []any{"paragraphs"},
	}
}

// paragraphs takes the tool's input out of an answer.
func paragraphs(out *bedrockruntime.ConverseOutput) ([]string, error) {
	if out.StopReason == types.StopReasonMaxTokens {
		return nil, fmt.Errorf("cut at %d tokens", MaxTokens)
	}
	message, ok := out.Output.(*types.ConverseOutputMemberMessage)
	if !ok {
		return nil, fmt.Errorf("output is %T, not a message", out.Output)
	}
	for _, block := range message.Value.Content {
		use, ok := block.(*types.ContentBlockMemberToolUse)
		if !ok || aws.ToString(use.Value.Name) != Tool || use.Value.Input == nil {
			continue
		}
		text, err := use.Value.Input.MarshalSmithyDocument()
		if err != nil {
			return nil, fmt.Errorf("read input of tool %q: %w", Tool, err)
		}
		var input struct {
			Paragraphs []string `json:"paragraphs"`
		}
		if err := json.Unmarshal(text, &input); err != nil {
			return nil, fmt.Errorf("decode input of tool %q: %w", Tool, err)
		}
		if len(input.Paragraphs) == 0 {
			return nil, fmt.Errorf("input of tool %q: no paragraphs", Tool)
		}
		return input.Paragraphs, nil
	}
	return nil, fmt.Errorf("tool %q: not called", Tool)
}
