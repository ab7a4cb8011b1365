package lambda

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// invocation is one attempt at one event.
type invocation struct {
	id      string
	payload []byte
	source  string
	attempt int
	trace   string
	// result gets exactly one outcome.
	result chan outcome
}

func newInvocation(id string, payload []byte, source string, attempt int) *invocation {
	return &invocation{
		id: id, payload: payload, source: source, attempt: attempt,
		trace:  fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", time.Now().Unix(), entropy(12), entropy(8)),
		result: make(chan outcome, 1),
	}
}

// outcome is how an invocation ended.
type outcome struct {
	status Status
	// payload is the response, or the error as JSON.
	payload []byte
	// err means that the function was never asked: [ErrClosed].
	err error
}

// functionError is what Lambda says of it in the header X-Amz-Function-Error: every error of a container image is
// "Unhandled".
func (o outcome) functionError() string {
	if o.err != nil || o.status == Success {
		return ""
	}
	return "Unhandled"
}

// failed is an error that Lambda states in the function's stead.
func failed(kind, message string) outcome {
	payload, err := json.Marshal(map[string]string{"errorType": kind, "errorMessage": message})
	if err != nil {
		panic(err) // strings always marshal
	}
	return outcome{status: Failure, payload: payload}
}

// newID makes a random UUID, version 4.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// entropy gives n random bytes in hexadecimal.
func entropy(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, by its contract
	return hex.EncodeToString(b)
}
