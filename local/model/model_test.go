package model_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/narrator"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
	"github.com/mejan/mejan/local/model"
	"github.com/mejan/mejan/local/wire"
)

// open lets everyone do everything and remembers what the last call asked for.
type open struct{ asked *[]wire.Permission }

func (open) Principal(string) wire.Principal { return wire.Principal{Admin: true} }

func (o open) Authorize(_ wire.Principal, c wire.Call) *wire.Error {
	*o.asked = c.Needs
	return nil
}

func start(t *testing.T) (*model.Model, aws.Config, *[]wire.Permission) {
	t.Helper()
	m, asked := model.New("000000000000", "us-east-1"), new([]wire.Permission)
	front := wire.NewFront(open{asked}, nil, slog.New(slog.DiscardHandler))
	front.Add(m)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	return m, pipelinetest.Endpoint(server.URL), asked
}

const lite = "us.amazon.nova-lite-v1:0"

func facts() pipeline.Facts {
	return pipeline.Facts{
		Sentiment: pipeline.Bearish, Symbols: []string{"AAPL", "BRK.B", "KO"},
		Figures: []pipeline.Figure{
			{Placeholder: "{market.symbols}", Value: "6"},
			{Placeholder: "{market.from}", Value: "2017-02-13"},
			{Placeholder: "{market.to}", Value: "2018-02-05"},
			{Placeholder: "{market.advancers}", Value: "1"},
			{Placeholder: "{market.decliners}", Value: "5"},
			{Placeholder: "{market.average_change}", Value: "-4.00%", Direction: pipeline.Down},
			{Placeholder: "{AAPL.change_1}", Value: "-2.08%", Direction: pipeline.Down},
			{Placeholder: "{AAPL.close}", Value: "156.41 USD"},
			{Placeholder: "{BRK.B.change_1}", Value: "+1.00%", Direction: pipeline.Up},
			{Placeholder: "{KO.change_1}", Value: "0.00%", Direction: pipeline.Flat},
			{Placeholder: "{KO.volume_spike}", Value: "2.00 times"},
			{Placeholder: "{KO.volume_spike_time}", Value: "2018-02-05"},
		},
	}
}

// The pipeline's own narrator gets sentences with the facts' placeholders, right directions, and no figure besides.
func TestWrites(t *testing.T) {
	m, cfg, _ := start(t)
	want := []string{
		"The file covers {market.symbols} symbols from {market.from} to {market.to}. Breadth was bearish. " +
			"Advancing symbols numbered {market.advancers}, declining ones {market.decliners}. " +
			"The average change was {market.average_change}.",
		"AAPL fell {AAPL.change_1} and closed at {AAPL.close}. BRK.B rose {BRK.B.change_1}. KO was unchanged.",
		"KO traded {KO.volume_spike} its usual volume in the bar of {KO.volume_spike_time}.",
	}
	for range 2 { // the same facts, the same sentences
		got, err := narrator.New(cfg, lite).Write(t.Context(), "Write a summary.", facts())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Paragraphs); diff != "" {
			t.Errorf("paragraphs (-want +got):\n%s", diff)
		}
		text, err := json.Marshal(facts())
		if err != nil {
			t.Fatal(err)
		}
		if least := len(text) / 4; got.TokensIn < least || got.TokensOut < len(strings.Join(want, ""))/4 {
			t.Errorf("tokens in %d, out %d: too few for the text", got.TokensIn, got.TokensOut)
		}
	}
	if calls := m.Calls(); len(calls) != 2 || calls[0].ModelID != lite || calls[0].TokensOut == 0 {
		t.Errorf("calls %+v", calls)
	}
}

// Facts without any figure still give a paragraph.
func TestWritesOfLittle(t *testing.T) {
	_, cfg, _ := start(t)
	got, err := narrator.New(cfg, lite).Write(t.Context(), "", pipeline.Facts{Sentiment: pipeline.Neutral})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Breadth was neutral."}, got.Paragraphs); diff != "" {
		t.Errorf("paragraphs (-want +got):\n%s", diff)
	}
}

// Each mode is what the pipeline's narrator takes it for, as often as was said, and then the model is itself again.
func TestModes(t *testing.T) {
	for mode, want := range map[model.Mode]error{
		model.Throttle: pipeline.ErrModelBusy, model.Error: pipeline.ErrModelBusy,
		model.Exhausted: pipeline.ErrModelDenied, model.Denied: pipeline.ErrModelDenied,
		model.Malformed: pipeline.ErrModelMalformed, model.Lying: nil, model.OK: nil,
	} {
		t.Run(string(mode), func(t *testing.T) {
			m, cfg, _ := start(t)
			if err := m.Behave(mode, 2); err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				prose, err := narrator.New(cfg, lite).Write(t.Context(), "", facts())
				if i < 2 && !errors.Is(err, want) || i == 2 && err != nil {
					t.Errorf("call %d: error %v, want %v", i, err, want)
				}
				lies := strings.Contains(strings.Join(prose.Paragraphs, "\n"), "AAPL rose {AAPL.change_1}")
				if lies != (mode == model.Lying && i < 2) {
					t.Errorf("call %d: lies: %t", i, lies)
				}
			}
		})
	}
	m, cfg, _ := start(t)
	if err := m.Behave(model.Throttle, 0); err != nil {
		t.Fatal(err)
	}
	for range 7 {
		if _, err := narrator.New(cfg, lite).Write(t.Context(), "", facts()); !errors.Is(err, pipeline.ErrModelBusy) {
			t.Errorf("error %v, want %v without end", err, pipeline.ErrModelBusy)
		}
	}
	if err := m.Behave("moody", 1); err == nil {
		t.Error("an unknown mode was taken")
	}
}

// A caller needs the grant on the model, and where it calls an inference profile on that too.
func TestPermissions(t *testing.T) {
	const arn, model2 = "arn:aws:bedrock:us-east-1:", "amazon.nova-2-lite-v1:0"
	needs := func(resources ...string) (all []wire.Permission) {
		for _, r := range resources {
			all = append(all, wire.Permission{Action: "bedrock:InvokeModel", Resource: arn + r})
		}
		return all
	}
	for id, want := range map[string][]wire.Permission{
		"amazon.nova-lite-v1:0": needs(":foundation-model/amazon.nova-lite-v1:0"),
		lite: needs("000000000000:inference-profile/us.amazon.nova-lite-v1:0",
			":foundation-model/amazon.nova-lite-v1:0"),
		arn + "000000000000:inference-profile/" + lite: needs("000000000000:inference-profile/us.amazon.nova-lite-v1:0",
			":foundation-model/amazon.nova-lite-v1:0"),
		"global." + model2: {
			{Action: "bedrock:InvokeModel", Resource: arn + "000000000000:inference-profile/global." + model2},
			{Action: "bedrock:InvokeModel", Resource: arn + ":foundation-model/" + model2},
			{Action: "bedrock:InvokeModel", Resource: "arn:aws:bedrock:::foundation-model/" + model2},
		},
	} {
		_, cfg, asked := start(t)
		if _, err := narrator.New(cfg, id).Write(t.Context(), "", facts()); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if diff := cmp.Diff(want, *asked); diff != "" {
			t.Errorf("%s: needs (-want +got):\n%s", id, diff)
		}
	}
}

// A request that Bedrock would refuse is refused, with the code that is never retried.
func TestValidation(t *testing.T) {
	_, cfg, _ := start(t)
	client := bedrockruntime.NewFromConfig(cfg)
	hello := []types.Message{{
		Role: types.ConversationRoleUser, Content: []types.ContentBlock{&types.ContentBlockMemberText{Value: "hello"}},
	}}
	tool := &types.ToolConfiguration{
		Tools: []types.Tool{&types.ToolMemberToolSpec{Value: types.ToolSpecification{
			Name: aws.String("a"), InputSchema: &types.ToolInputSchemaMemberJson{},
		}}},
		ToolChoice: &types.ToolChoiceMemberTool{Value: types.SpecificToolChoice{Name: aws.String("b")}},
	}
	assistant := []types.Message{{Role: types.ConversationRoleAssistant, Content: hello[0].Content}}
	image := []types.Message{{
		Role: types.ConversationRoleUser, Content: []types.ContentBlock{&types.ContentBlockMemberImage{
			Value: types.ImageBlock{Format: types.ImageFormatPng, Source: &types.ImageSourceMemberBytes{Value: []byte("x")}},
		}},
	}}
	for name, in := range map[string]*bedrockruntime.ConverseInput{
		"unknown model":      {ModelId: aws.String("amazon.nova-lite"), Messages: hello},
		"no message":         {ModelId: aws.String(lite)},
		"assistant first":    {ModelId: aws.String(lite), Messages: assistant},
		"no such tool":       {ModelId: aws.String(lite), Messages: hello, ToolConfig: tool},
		"block not known":    {ModelId: aws.String(lite), Messages: image},
		"profile of another": {ModelId: aws.String("eu.amazon.nova-lite-v1:0"), Messages: hello},
	} {
		_, err := client.Converse(t.Context(), in)
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != "ValidationException" {
			t.Errorf("%s: error %v, want a ValidationException", name, err)
		}
	}
	out, err := client.Converse(t.Context(), &bedrockruntime.ConverseInput{ModelId: aws.String(lite), Messages: hello})
	if err != nil || out.StopReason != types.StopReasonEndTurn {
		t.Errorf("plain talk: %v, %v", out, err)
	}
}

// An answer longer than the caller allows is cut, and says so.
func TestMaxTokens(t *testing.T) {
	_, cfg, _ := start(t)
	out, err := bedrockruntime.NewFromConfig(cfg).Converse(t.Context(), &bedrockruntime.ConverseInput{
		ModelId:         aws.String(lite),
		InferenceConfig: &types.InferenceConfiguration{MaxTokens: aws.Int32(3)},
		Messages: []types.Message{{
			Role: types.ConversationRoleUser, Content: []types.ContentBlock{&types.ContentBlockMemberText{Value: "hello"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.StopReason != types.StopReasonMaxTokens || *out.Usage.OutputTokens != 3 {
		t.Errorf("stopped by %s at %d tokens, want max_tokens at 3", out.StopReason, *out.Usage.OutputTokens)
	}
}
