package analyses_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// Whether an analysis exists is asked of all replicas: a read that may be stale would pay the model twice.
func TestGetIsConsistent(t *testing.T) {
	var asked []map[string]any
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Errorf("decode request: %v", err)
		}
		asked = append(asked, body)
		_, _ = w.Write([]byte(`{}`))
	}))
	t.Cleanup(server.Close)
	table := analyses.New(pipelinetest.Endpoint(server.URL), "analyses")
	if _, err := table.Get(t.Context(), "run"); !errors.Is(err, analyses.ErrNotFound) {
		t.Errorf("got error %v, want %v", err, analyses.ErrNotFound)
	}
	if len(asked) != 1 || asked[0]["ConsistentRead"] != true {
		t.Errorf("requests: got %v, want one consistent read", asked)
	}
}

// An item that the table cannot hold is told apart from trouble: another attempt would only pay the model again.
func TestCreateInvalid(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type":"com.amazon.coral.validate#ValidationException","message":"Item size"}`))
	}))
	t.Cleanup(server.Close)
	table := analyses.New(pipelinetest.Endpoint(server.URL), "analyses")
	if err := table.Create(t.Context(), pipelinetest.Analysis("run")); !errors.Is(err, analyses.ErrInvalid) {
		t.Errorf("got error %v, want %v", err, analyses.ErrInvalid)
	}
}
