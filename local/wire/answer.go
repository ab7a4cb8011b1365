package wire

import (
	"cmp"
	"net/http"

	"github.com/go-json-experiment/json"
)

// JSON11 is the content type of the AWS JSON protocol, version 1.1.
const JSON11 = "application/x-amz-json-1.1"

// FailJSON11 writes an error as services of that protocol do. An error without a status is one of the service.
func FailJSON11(w http.ResponseWriter, e *Error) {
	w.Header().Set("X-Amzn-ErrorType", e.Code)
	Answer(w, cmp.Or(e.Status, http.StatusInternalServerError), JSON11,
		map[string]string{"__type": e.Code, "message": e.Message})
}

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
