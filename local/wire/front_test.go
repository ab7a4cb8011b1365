package wire

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// counter is a service whose every call adds one, and whose operation is the last part of the path.
type counter struct{ effects atomic.Int64 }

func (c *counter) Name() string { return "counter" }

func (c *counter) Read(r *http.Request) (Call, *Error) {
	return Call{Operation: r.URL.Path[1:], Needs: []Permission{{Action: "counter:" + r.URL.Path[1:], Resource: "*"}}}, nil
}

func (c *counter) Serve(w http.ResponseWriter, r *http.Request, call Call) {
	if call.Operation == "Panic" {
		panic("out of order")
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		c.Fail(w, &Error{Status: http.StatusRequestEntityTooLarge, Code: "TooLarge"})
		return
	}
	_, _ = fmt.Fprint(w, Caller(r.Context()).ARN, " ", c.effects.Add(1))
}

func (c *counter) Fail(w http.ResponseWriter, e *Error) { http.Error(w, e.Code, e.Status) }

func (c *counter) MaxBody() int64 { return 10 }

// doorkeeper refuses the operation Secret.
type doorkeeper struct{}

func (doorkeeper) Principal(accessKey string) Principal { return Principal{ARN: "arn:" + accessKey} }

func (doorkeeper) Authorize(_ Principal, c Call) *Error {
	if c.Operation == "Secret" {
		return &Error{Status: http.StatusForbidden, Code: "AccessDenied"}
	}
	return nil
}

func start(t *testing.T) (*Front, *counter, *httptest.Server) {
	t.Helper()
	console := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "console") })
	front, service := NewFront(doorkeeper{}, console, slog.New(slog.DiscardHandler)), &counter{}
	front.Add(service)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	return front, service, server
}

func call(t *testing.T, server *httptest.Server, service, operation, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/"+operation, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if service != "" {
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=KEY/20260101/us-east-1/"+service+
			"/aws4_request, SignedHeaders=host, Signature=0")
	}
	response, err := server.Client().Do(r)
	if err != nil {
		return "no answer"
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", response.StatusCode, strings.TrimSpace(string(text)))
}

// A request reaches the service that its signature names, as the owner of its key; a denied, crashed or oversized one
// has no effect; the rest is the console's.
func TestFrontRoutes(t *testing.T) {
	_, service, server := start(t)
	for _, c := range []struct{ service, operation, body, want string }{
		{"counter", "Add", "", "200 arn:KEY 1"},
		{"counter", "Secret", "", "403 AccessDenied"},
		{"counter", "Panic", "", "500 InternalFailure"},
		{"counter", "Add", "ten bytes!", "200 arn:KEY 2"},
		{"counter", "Add", "eleven byte", "413 TooLarge"},
		{"teleport", "Add", "", `501 the local cloud has no service "teleport"`},
		{"", "Add", "", "200 console"},
	} {
		if got := call(t, server, c.service, c.operation, c.body); got != c.want {
			t.Errorf("%s.%s(%q) = %q, want %q", c.service, c.operation, c.body, got, c.want)
		}
	}
	if got := service.effects.Load(); got != 2 {
		t.Errorf("effects = %d, want 2", got)
	}
}

// The k-th call of a kind fails, and only that one; Before has no effect, After and Lost have it.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault   Fault
		want    []string
		effects int64
	}{
		{Fault{Operation: "Add", When: Before}, []string{"500 InternalError", "200 arn:KEY 1", "200 arn:KEY 2"}, 2},
		{Fault{Operation: "Add", Nth: 2}, []string{"200 arn:KEY 1", "500 InternalError", "200 arn:KEY 2"}, 2},
		{Fault{Service: "counter", Nth: 2, When: After}, []string{"200 arn:KEY 1", "500 InternalError", "200 arn:KEY 3"}, 3},
		{Fault{Nth: 2, When: Lost}, []string{"200 arn:KEY 1", "no answer", "200 arn:KEY 3"}, 3},
		{Fault{Times: 2, Error: &Error{Status: 503, Code: "SlowDown"}}, []string{"503 SlowDown", "503 SlowDown", "200 arn:KEY 1"}, 1},
		{Fault{Nth: 2, Times: -1}, []string{"200 arn:KEY 1", "500 InternalError", "500 InternalError"}, 1},
		{Fault{Principal: "arn:OTHER", Times: -1}, []string{"200 arn:KEY 1", "200 arn:KEY 2", "200 arn:KEY 3"}, 3},
		{Fault{Operation: "Other", Times: -1}, []string{"200 arn:KEY 1", "200 arn:KEY 2", "200 arn:KEY 3"}, 3},
	} {
		front, service, server := start(t)
		front.Faults().Add(c.fault)
		var got []string
		for range 3 {
			got = append(got, call(t, server, "counter", "Add", ""))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.fault, diff)
		}
		if effects := service.effects.Load(); effects != c.effects {
			t.Errorf("%+v: effects = %d, want %d", c.fault, effects, c.effects)
		}
		if diff := cmp.Diff(map[Kind]int{{"counter", "Add"}: 3}, front.Faults().Calls()); diff != "" {
			t.Errorf("%+v: calls (-want +got):\n%s", c.fault, diff)
		}
	}
}

// The web cannot call in: not by a name of its own that leads here, and not from a page in this machine's browser.
func TestForeignCallers(t *testing.T) {
	front, service, _ := start(t)
	for name, c := range map[string]struct {
		host, origin string
		want         int
	}{
		"ours":         {"127.0.0.1:4566", "", 200},
		"by name":      {"LOCALHOST", "", 200},
		"version six":  {"[::1]:80", "", 200},
		"rebound name": {"evil.example:4566", "", 421},
		"our prefix":   {"127.0.0.1.evil.example", "", 421},
		"our suffix":   {"localhost.evil.example", "", 421},
		"other host":   {"10.0.0.1", "", 421},
		"no host":      {"", "", 421},
		"a page":       {"127.0.0.1:4566", "http://evil.example", 403},
	} {
		for _, target := range []string{"/Add?X-Amz-Credential=AK/20260101/us-east-1/counter/aws4_request", "/"} {
			before := service.effects.Load()
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPost, target, nil)
			r.Host = c.host
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			front.ServeHTTP(w, r)
			if w.Code != c.want || (c.want != 200 && service.effects.Load() != before) {
				t.Errorf("%s, %s: status %d, want %d", name, target, w.Code, c.want)
			}
		}
	}
}
