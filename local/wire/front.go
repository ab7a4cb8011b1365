package wire

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
)

// Guard knows who calls and what they may do. Its methods are called concurrently.
type Guard interface {
	// Principal is the owner of an access key. Every key has one: keys that were never issued belong to the
	// administrator of the local cloud.
	Principal(accessKey string) Principal
	// Authorize is nil where p was granted all that the call needs, else the error that AWS would answer.
	Authorize(p Principal, c Call) *Error
}

// Front is the one address of the local cloud. It sends a signed request to the service that its credential scope
// names, in this order: understand, authorize, apply faults, serve. Every other request goes to the console.
//
// Signatures are not verified: the front listens on the loopback interface only, and the access key alone says who
// calls.
type Front struct {
	guard   Guard
	console http.Handler
	log     *slog.Logger
	faults  Faults

	mu       sync.RWMutex
	services map[string]Service
}

// NewFront makes a front without services. The console gets unsigned requests; nil answers them with 404. What goes
// wrong inside a service is written to log.
func NewFront(guard Guard, console http.Handler, log *slog.Logger) *Front {
	if console == nil {
		console = http.NotFoundHandler()
	}
	return &Front{guard: guard, console: console, log: log, services: make(map[string]Service)}
}

// Add puts services behind the front, under their names.
func (f *Front) Add(services ...Service) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range services {
		f.services[s.Name()] = s
	}
}

// Faults makes calls fail, and counts them.
func (f *Front) Faults() *Faults { return &f.faults }

func (f *Front) service(name string) (Service, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	s, ok := f.services[name]
	return s, ok
}

// ServeHTTP implements [http.Handler].
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if refuseWeb(w, r) {
		return
	}
	s, signed := readScope(r)
	if !signed {
		f.console.ServeHTTP(w, r)
		return
	}
	service, ok := f.service(s.service)
	if !ok {
		http.Error(w, fmt.Sprintf("the local cloud has no service %q", s.service), http.StatusNotImplemented)
		return
	}
	id := rand.Text()
	w.Header().Set(requestID, id)
	w.Header().Set("x-amz-request-id", id)
	answer := &recorder{ResponseWriter: w}
	defer func() {
		if cause := recover(); cause != nil {
			f.crashed(answer, r, service, cause)
		}
	}()
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit(service))
	f.serve(answer, r, service, f.guard.Principal(s.accessKey))
}

func (f *Front) serve(w *recorder, r *http.Request, service Service, caller Principal) {
	r = r.WithContext(withCaller(r.Context(), caller))
	call, refused := service.Read(r)
	if refused == nil {
		refused = f.guard.Authorize(caller, call)
	}
	if refused != nil {
		refuse(w, r, service, refused)
		return
	}
	fault, ok := f.faults.next(service.Name(), call.Operation, caller.ARN)
	if !ok {
		service.Serve(w, r, call)
		return
	}
	if fault.When == Before {
		refuse(w, r, service, fault.answer())
		return
	}
	unheard := &unheard{header: w.Header().Clone()}
	service.Serve(unheard, r, call)
	if fault.When == After {
		service.Fail(w, fault.answer())
		return
	}
	drop(w)
}

// refuse answers without serving. A client that did not wait for 100 Continue is still sending: only when its body is
// taken in does it read the answer.
func refuse(w http.ResponseWriter, r *http.Request, service Service, e *Error) {
	if r.Header.Get("Expect") == "" {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	service.Fail(w, e)
}

// crashed answers for a service that panicked, so that one bad request never ends the cloud.
func (f *Front) crashed(w *recorder, r *http.Request, service Service, cause any) {
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause)
	}
	f.log.Error("service panicked", "service", service.Name(), "method", r.Method, "path", r.URL.Path,
		"panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
	if w.started {
		panic(http.ErrAbortHandler)
	}
	service.Fail(w, &Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: fmt.Sprint(cause)})
}

// drop closes the connection under the answer. It panics with [http.ErrAbortHandler] where there is no connection to
// take over, to the same end.
func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close()
}

// requestID is the header that names a request in the answers of most services.
const requestID = "X-Amzn-Requestid"

// RequestID is the id that the front gave to the request that w answers.
func RequestID(w http.ResponseWriter) string { return w.Header().Get(requestID) }

// defaultBody bounds the body of a call: SES takes mails of 40 MB, which base64 makes 54 MB.
const defaultBody = 64 << 20

func bodyLimit(s Service) int64 {
	if large, ok := s.(interface{ MaxBody() int64 }); ok {
		return large.MaxBody()
	}
	return defaultBody
}

// scope is what the credential of a signature says: AKID/date/region/service/aws4_request.
type scope struct{ accessKey, service string }

// readScope finds the credential in the Authorization header, or in the query of a presigned URL.
func readScope(r *http.Request) (scope, bool) {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if header, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "); ok {
		for part := range strings.SplitSeq(header, ",") {
			if value, ok := strings.CutPrefix(strings.TrimSpace(part), "Credential="); ok {
				credential = value
			}
		}
	}
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || parts[4] != "aws4_request" {
		return scope{}, false
	}
	return scope{accessKey: parts[0], service: parts[3]}, true
}

// recorder knows whether an answer has begun.
type recorder struct {
	http.ResponseWriter
	started bool
}

func (w *recorder) WriteHeader(status int) {
	w.started = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	w.started = true
	return w.ResponseWriter.Write(p)
}

// Unwrap serves [http.ResponseController].
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// unheard takes an answer that nobody gets.
type unheard struct{ header http.Header }

func (w *unheard) Header() http.Header         { return w.header }
func (w *unheard) WriteHeader(int)             {}
func (w *unheard) Write(p []byte) (int, error) { return len(p), nil }
