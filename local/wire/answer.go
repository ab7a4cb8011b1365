package wire

import (
	"net/http"

	"github.com/go-json-experiment/json"
)

// Answer writes a JSON answer, members of maps sorted. A body that cannot be written is a mistake of the service, which
// the front answers for; a connection that breaks is the caller's to see, since the status is out by then.
func Answer(w http.ResponseWriter, status int, contentType string, body any) {
	text, err := json.Marshal(body, json.Deterministic(true))
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
