package model

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local/wire"
)

// Name is Bedrock's signing name.
func (m *Model) Name() string { return "bedrock" }

// Read understands Converse.
func (m *Model) Read(r *http.Request) (wire.Call, *wire.Error) {
	escaped, isModel := strings.CutPrefix(r.URL.EscapedPath(), "/model/")
	escaped, isConverse := strings.CutSuffix(escaped, "/converse")
	id, err := url.PathUnescape(escaped)
	if r.Method != http.MethodPost || !isModel || !isConverse || err != nil {
		return wire.Call{}, &wire.Error{
			Status: http.StatusNotFound, Code: "UnknownOperationException",
			Message: fmt.Sprintf("the local model does not know %s %s", r.Method, r.URL.Path),
		}
	}
	in := &bedrockruntime.ConverseInput{}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = decode(body, in)
	}
	if err != nil {
		return wire.Call{}, invalid("%v", err)
	}
	in.ModelId = &id
	return wire.Call{Operation: "Converse", Needs: m.needs(id), Input: in}, nil
}

// needs is InvokeModel on the model in the region, and on the inference profile if the call goes through one. A global
// profile also needs it on the model under an ARN without a region.
func (m *Model) needs(id string) []wire.Permission {
	const action = "bedrock:InvokeModel"
	profile, model := split(id)
	needs := []wire.Permission{{
		Action: action, Resource: fmt.Sprintf("arn:aws:bedrock:%s::foundation-model/%s", m.region, model),
	}}
	if profile == "" {
		return needs
	}
	if strings.HasPrefix(profile, global) {
		needs = append(needs, wire.Permission{Action: action, Resource: "arn:aws:bedrock:::foundation-model/" + model})
	}
	arn := fmt.Sprintf("arn:aws:bedrock:%s:%s:inference-profile/%s", m.region, m.account, profile)
	return append([]wire.Permission{{Action: action, Resource: arn}}, needs...)
}

// Serve answers a call that Read made.
func (m *Model) Serve(w http.ResponseWriter, _ *http.Request, c wire.Call) {
	in := c.Input.(*bedrockruntime.ConverseInput)
	if e := m.check(in); e != nil {
		m.Fail(w, e)
		return
	}
	mode := m.next()
	prompt, tokensIn := read(in)
	answered := Answered{ModelID: *in.ModelId, Mode: mode, TokensIn: tokensIn}
	if e := failure(mode); e != nil {
		answered.TokensIn = 0
		m.record(answered)
		m.Fail(w, e)
		return
	}
	content, reason := write(in, mode, prompt)
	spoken, err := json.Marshal(content)
	if err != nil {
		panic(err) // a mistake in this package; the front answers for it
	}
	answered.TokensOut = tokens(string(spoken))
	if limit := in.InferenceConfig; limit != nil && limit.MaxTokens != nil && answered.TokensOut > int(*limit.MaxTokens) {
		answered.TokensOut, reason = int(*limit.MaxTokens), types.StopReasonMaxTokens
		content = []block{{Text: aws.String("The answer was cut.")}}
	}
	m.record(answered)
	answer(w, http.StatusOK, response{
		Output:     output{message{Role: "assistant", Content: content}},
		StopReason: string(reason),
		Usage: usage{
			InputTokens: tokensIn, OutputTokens: answered.TokensOut, TotalTokens: tokensIn + answered.TokensOut,
		},
		Metrics: latency{LatencyMs: 1},
	})
}

// check refuses what Bedrock refuses for its form.
func (m *Model) check(in *bedrockruntime.ConverseInput) *wire.Error {
	if !m.callable(*in.ModelId) {
		return invalid("The provided model identifier is invalid.")
	}
	if len(in.Messages) == 0 {
		return invalid("1 validation error detected: Value at 'messages' failed to satisfy constraint: " +
			"Member must have length greater than or equal to 1")
	}
	if in.Messages[0].Role != types.ConversationRoleUser {
		return invalid("A conversation must start with a user message. Try again with a conversation that starts with a " +
			"user message.")
	}
	if forced := forcedTool(in); forced != "" && !slices.ContainsFunc(in.ToolConfig.Tools, func(t types.Tool) bool {
		spec, ok := t.(*types.ToolMemberToolSpec)
		return ok && aws.ToString(spec.Value.Name) == forced
	}) {
		return invalid("The tool choice %q is not among the tools.", forced)
	}
	return nil
}

func forcedTool(in *bedrockruntime.ConverseInput) string {
	if in.ToolConfig == nil {
		return ""
	}
	choice, _ := in.ToolConfig.ToolChoice.(*types.ToolChoiceMemberTool)
	if choice == nil {
		return ""
	}
	return aws.ToString(choice.Value.Name)
}

// read finds the last text of the user, and estimates what the whole prompt is charged as.
func read(in *bedrockruntime.ConverseInput) (prompt string, charged int) {
	for _, block := range in.System {
		if text, ok := block.(*types.SystemContentBlockMemberText); ok {
			charged += tokens(text.Value)
		}
	}
	for _, message := range in.Messages {
		for _, block := range message.Content {
			if text, ok := block.(*types.ContentBlockMemberText); ok {
				prompt = text.Value
				charged += tokens(text.Value)
			}
		}
	}
	return prompt, charged
}

// tokens estimates: English is about four characters to a token.
func tokens(text string) int { return (len(text) + 3) / 4 }

// failure is the answer of a mode that does not get as far as a message.
func failure(mode Mode) *wire.Error {
	switch mode {
	case Throttle:
		return &wire.Error{
			Status: http.StatusTooManyRequests, Code: "ThrottlingException",
			Message: "Too many requests, please wait before trying again.",
		}
	case Exhausted:
		return &wire.Error{
			Status: http.StatusTooManyRequests, Code: "ThrottlingException",
			Message: "Too many tokens per day, please wait before trying again.",
		}
	case Error:
		return &wire.Error{
			Status: http.StatusInternalServerError, Code: "InternalServerException",
			Message: "The system encountered an unexpected error during processing. Try your request again.",
		}
	case Denied:
		return &wire.Error{
			Status: http.StatusForbidden, Code: "AccessDeniedException",
			Message: "You don't have access to the model with the specified model ID.",
		}
	default:
		return nil
	}
}

// write makes the message: a call of the forced tool, or text where none is forced or the prompt has no facts.
func write(in *bedrockruntime.ConverseInput, mode Mode, prompt string) ([]block, types.StopReason) {
	tool := forcedTool(in)
	var facts pipeline.Facts
	if err := json.Unmarshal([]byte(prompt), &facts); err != nil || tool == "" {
		const text = "The local model writes about facts, handed over as JSON, by a tool that it must call."
		return []block{{Text: aws.String(text)}}, types.StopReasonEndTurn
	}
	var input any
	switch mode {
	case Malformed:
		input = map[string]any{"summary": strings.Join(compose(facts), "\n")}
	case Lying:
		input = map[string]any{"paragraphs": lie(facts)}
	default:
		input = map[string]any{"paragraphs": compose(facts)}
	}
	return []block{{ToolUse: &toolUse{ToolUseID: "tooluse_local", Name: tool, Input: input}}}, types.StopReasonToolUse
}

// The answer of Converse. The SDK's own output types read it, but do not write it.
type (
	response struct {
		Output     output  `json:"output"`
		StopReason string  `json:"stopReason"`
		Usage      usage   `json:"usage"`
		Metrics    latency `json:"metrics"`
	}
	output struct {
		Message message `json:"message"`
	}
	message struct {
		Role    string  `json:"role"`
		Content []block `json:"content"`
	}
	block struct {
		Text    *string  `json:"text,omitempty"`
		ToolUse *toolUse `json:"toolUse,omitempty"`
	}
	toolUse struct {
		ToolUseID string `json:"toolUseId"`
		Name      string `json:"name"`
		Input     any    `json:"input"`
	}
	usage struct {
		InputTokens  int `json:"inputTokens"`
		OutputTokens int `json:"outputTokens"`
		TotalTokens  int `json:"totalTokens"`
	}
	latency struct {
		LatencyMs int `json:"latencyMs"`
	}
)

// Fail writes an error of the AWS REST-JSON protocol.
func (m *Model) Fail(w http.ResponseWriter, e *wire.Error) {
	w.Header().Set("X-Amzn-ErrorType", e.Code)
	answer(w, cmp.Or(e.Status, http.StatusInternalServerError), map[string]string{"message": e.Message})
}

func answer(w http.ResponseWriter, status int, body any) {
	wire.Answer(w, status, "application/json", body)
}

func invalid(format string, args ...any) *wire.Error {
	return &wire.Error{
		Status: http.StatusBadRequest, Code: "ValidationException", Message: fmt.Sprintf(format, args...),
	}
}
