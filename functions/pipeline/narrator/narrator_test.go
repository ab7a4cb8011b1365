package narrator_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/narrator"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

const id = "us.amazon.nova-lite-v1:0"

// endpoint is a Bedrock that gives one answer and keeps what it was asked.
type endpoint struct {
	status     int
	code, body string
	asked      []string
	path       string
}

func (e *endpoint) model(t *testing.T) *narrator.Model {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		e.asked, e.path = append(e.asked, string(body)), r.URL.Path
		if e.code != "" {
			w.Header().Set("X-Amzn-Errortype", e.code)
		}
		w.WriteHeader(e.status)
		if _, err := io.WriteString(w, e.body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return narrator.New(pipelinetest.Endpoint(server.URL), id)
}

func answer(content, stop string) string {
	return `{"output":{"message":{"role":"assistant","content":[` + content + `]}},"stopReason":"` + stop +
		`","usage":{"inputTokens":900,"outputTokens":200,"totalTokens":1100},"metrics":{"latencyMs":1}}`
}

func called(tool, input string) string {
	return `{"toolUse":{"toolUseId":"t","name":"` + tool + `","input":` + input + `}}`
}

var facts = pipeline.Facts{
	Sentiment: pipeline.Bearish,
	Symbols:   []string{"AAPL"},
	Figures: []pipeline.Figure{{
		Placeholder: "{AAPL.change_1}", Meaning: "AAPL: change over the last week", Value: "-0.60%", Direction: pipeline.Down,
	}},
}

// The request is the one that makes Nova deterministic and binds it to the tool; it is spelled out in a file, so that
// a change of it is seen.
func TestRequest(t *testing.T) {
	e := &endpoint{status: 200, body: answer(called(narrator.Tool, `{"paragraphs":["AAPL fell {AAPL.change_1}."]}`), "tool_use")}
	prose, err := e.model(t).Write(t.Context(), "Write.", facts)
	if err != nil {
		t.Fatal(err)
	}
	want := pipeline.Prose{Paragraphs: []string{"AAPL fell {AAPL.change_1}."}, TokensIn: 900, TokensOut: 200}
	if diff := cmp.Diff(want, prose); diff != "" {
		t.Errorf("prose (-want +got):\n%s", diff)
	}
	if e.path != "/model/"+id+"/converse" {
		t.Errorf("path: got %q", e.path)
	}
	golden, err := os.ReadFile("testdata/request.json")
	if err != nil {
		t.Fatal(err)
	}
	var wanted, got any
	if err := errors.Join(json.Unmarshal(golden, &wanted), json.Unmarshal([]byte(e.asked[0]), &got)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	var turn struct {
		Messages []struct{ Content []struct{ Text string } }
	}
	if err := json.Unmarshal([]byte(e.asked[0]), &turn); err != nil {
		t.Fatal(err)
	}
	var told pipeline.Facts
	if err := json.Unmarshal([]byte(turn.Messages[0].Content[0].Text), &told); err != nil {
		t.Fatalf("the user's turn is not facts alone: %v", err)
	}
	if diff := cmp.Diff(facts, told); diff != "" {
		t.Errorf("facts (-given +told):\n%s", diff)
	}
}

// Each way in which Bedrock fails is told apart by whether asking again may help, and is one call on the wire: the
// SDK does not ask again by itself.
func TestErrors(t *testing.T) {
	busy, denied := pipeline.ErrModelBusy, pipeline.ErrModelDenied
	for _, c := range []struct {
		status        int
		code, message string
		want          error
	}{
		{429, "ThrottlingException", "Too many requests, please wait before trying again.", busy},
		{429, "ThrottlingException", "Too many tokens, please wait before trying again.", busy},
		{429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", denied},
		{429, "ThrottlingException", "You have reached your daily limit.", denied},
		{429, "ModelNotReadyException", "", busy},
		{408, "ModelTimeoutException", "", busy},
		{424, "ModelErrorException", "", busy},
		{500, "InternalServerException", "", busy},
		{503, "ServiceUnavailableException", "", busy},
		{502, "", "<html>Bad gateway</html>", busy},
		{400, "ValidationException", "", denied},
		{400, "ServiceQuotaExceededException", "", denied},
		{403, "AccessDeniedException", "", denied},
		{403, "ExpiredTokenException", "", denied},
		{404, "ResourceNotFoundException", "", denied},
	} {
		e := &endpoint{status: c.status, code: c.code, body: `{"message":"` + c.message + `"}`}
		_, err := e.model(t).Write(t.Context(), "Write.", facts)
		if !errors.Is(err, c.want) {
			t.Errorf("%d %s %q: got %v, want %v", c.status, c.code, c.message, err, c.want)
		}
		if len(e.asked) != 1 {
			t.Errorf("%d %s: %d calls on the wire, want 1", c.status, c.code, len(e.asked))
		}
	}
}

// A model that cannot be reached, or takes too long, may be asked again.
func TestNotReached(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	if _, err := narrator.New(pipelinetest.Endpoint(closed.URL), id).Write(t.Context(), "", facts); !errors.Is(err, pipeline.ErrModelBusy) {
		t.Errorf("nobody listens: got %v", err)
	}
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	e := &endpoint{status: 200}
	if _, err := e.model(t).Write(ctx, "", facts); !errors.Is(err, pipeline.ErrModelBusy) {
		t.Errorf("too late: got %v", err)
	}
}

// What is not a call of the tool with paragraphs is no prose, but it was charged.
func TestMalformed(t *testing.T) {
	for name, body := range map[string]string{
		"text instead":     answer(`{"text":"The market fell."}`, "end_turn"),
		"another tool":     answer(called("another", `{"paragraphs":["A."]}`), "tool_use"),
		"nothing":          answer("", "end_turn"),
		"another input":    answer(called(narrator.Tool, `{"paragraphs":"A."}`), "tool_use"),
		"no paragraphs":    answer(called(narrator.Tool, `{}`), "tool_use"),
		"empty paragraphs": answer(called(narrator.Tool, `{"paragraphs":[]}`), "tool_use"),
		"cut":              answer(called(narrator.Tool, `{"paragraphs":["A."]}`), "max_tokens"),
	} {
		e := &endpoint{status: 200, body: body}
		prose, err := e.model(t).Write(t.Context(), "", facts)
		if !errors.Is(err, pipeline.ErrModelMalformed) || prose.Paragraphs != nil {
			t.Errorf("%s: got %v, %v, want %v", name, prose, err, pipeline.ErrModelMalformed)
		}
		if prose.TokensIn != 900 || prose.TokensOut != 200 {
			t.Errorf("%s: tokens %d, %d", name, prose.TokensIn, prose.TokensOut)
		}
	}
	// Text before the call is chatter.
	e := &endpoint{status: 200, body: answer(`{"text":"Sure."},`+called(narrator.Tool, `{"paragraphs":["A."]}`), "tool_use")}
	if prose, err := e.model(t).Write(t.Context(), "", facts); err != nil || strings.Join(prose.Paragraphs, "") != "A." {
		t.Errorf("chatter before the call: got %v, %v", prose, err)
	}
}
