package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	runtime "github.com/aws/aws-lambda-go/lambda"
	"go.uber.org/goleak"

	"github.com/mejan/mejan/local/lambda"
	"github.com/mejan/mejan/local/registry"
)

// roleVariable makes this test binary play another part: that of a function, or of a program with an engine.
const roleVariable = "MEJAN_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "function":
		// The runtime prints the errors that it reports; the tests look at what the function writes.
		log.SetOutput(io.Discard)
		runtime.Start(act)
	case "broken":
		fmt.Fprintln(os.Stdout, "cannot start")
		os.Exit(7)
	case "owner":
		own(os.Getenv("GATE"))
	case "visitor":
		visit(os.Getenv("GATE"))
	default:
		goleak.VerifyTestMain(m)
	}
}

// order tells the function what to do.
type order struct {
	Do string
	// Text is printed as it is.
	Text string
	// URL is of a gate.
	URL string
	// Tally is a file that grows by a byte with each attempt; the attempt fails until it has Need bytes.
	Tally string
	Need  int
	// Records make the event a batch of a stream.
	Records []struct {
		Do       string `json:"do"`
		URL      string `json:"url"`
		DynamoDB struct{ SequenceNumber string }
	}
}

// act is the function.
func act(_ context.Context, o order) (any, error) {
	if o.Records != nil {
		return actBatch(o)
	}
	fmt.Fprint(os.Stdout, o.Text)
	switch o.Do {
	case "environ":
		return os.Environ(), nil
	case "pid":
		return os.Getpid(), nil
	case "error":
		return nil, errors.New("no luck")
	case "panic":
		panic("no sense")
	case "exit":
		os.Exit(3)
	case "sleep":
		time.Sleep(time.Hour)
	case "large":
		return strings.Repeat("x", lambda.MaxSyncPayload+1), nil
	case "gate":
		visit(o.URL)
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		visit(o.URL)
	case "child":
		child := exec.Command(os.Args[0])
		child.Env = []string{roleVariable + "=visitor", "GATE=" + o.URL}
		child.Stdout = os.Stdout
		return nil, child.Start()
	case "tally":
		return nil, tally(o)
	}
	return o.Do, nil
}

// actBatch handles a batch: the records say which of them fail, and how.
func actBatch(o order) (any, error) {
	type failure struct {
		Item string `json:"itemIdentifier"`
	}
	failures := []failure{}
	var seen []string
	raise := false
	for _, record := range o.Records {
		seen = append(seen, record.DynamoDB.SequenceNumber)
		switch record.Do {
		case "poison":
			failures = append(failures, failure{record.DynamoDB.SequenceNumber})
		case "stranger":
			failures = append(failures, failure{"of another batch"})
		case "raise":
			raise = true
		case "gate":
			visit(record.URL)
		}
	}
	fmt.Fprintln(os.Stdout, strings.Join(seen, " "))
	if raise {
		return nil, errors.New("one of them is bad")
	}
	return map[string]any{"batchItemFailures": failures}, nil
}

func tally(o order) error {
	file, err := os.OpenFile(o.Tally, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.WriteString("."); err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < int64(o.Need) {
		return errors.New("not yet")
	}
	return nil
}

// visit stands at a gate until it opens, or the visitor dies.
func visit(gate string) {
	response, err := http.Get(gate)
	if err != nil {
		os.Exit(1)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
}

// own is a program with an engine and a function at a gate.
func own(gate string) {
	engine := lambda.New(lambda.Options{})
	_ = engine.Create(function("f", time.Minute))
	_, _, _ = engine.Invoke(context.Background(), "f", order{Do: "gate", URL: gate}.json())
}

func (o order) json() []byte {
	data, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return data
}

// function is this test binary as a function.
func function(name string, timeout time.Duration) lambda.Function {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return lambda.Function{
		Name:    name,
		ARN:     "arn:aws:lambda:us-east-1:000000000000:function:" + name,
		Image:   registry.Image{Root: "/", Entrypoint: []string{self}, Env: []string{"FROM=image", "KEPT=image"}},
		Env:     map[string]string{roleVariable: "function", "FROM": "function"},
		Timeout: timeout,
	}
}

// record keeps what an engine tells.
type record struct {
	mu      sync.Mutex
	lines   []lambda.Line
	reports []lambda.Report
	records []string
	keys    []string
}

func (r *record) onFailure(data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(r.records, string(data))
}

func (r *record) onDiscard(key string, data []byte) {
	r.onFailure(data)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = append(r.keys, key)
}

// texts are the lines that the functions wrote themselves.
func (r *record) texts() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var texts []string
	for _, line := range r.lines {
		if !line.Platform {
			texts = append(texts, line.Text)
		}
	}
	return texts
}

// start makes an engine that tells into a record and retries at once.
func start(t *testing.T, options lambda.Options, functions ...lambda.Function) (*lambda.Engine, *record) {
	t.Helper()
	r := &record{}
	options.Logs = func(line lambda.Line) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.lines = append(r.lines, line)
	}
	options.Reports = func(report lambda.Report) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.reports = append(r.reports, report)
	}
	if options.RetryDelay == nil {
		options.RetryDelay = func(int) time.Duration { return 0 }
	}
	engine := lambda.New(options)
	t.Cleanup(engine.Close)
	for _, f := range functions {
		if err := engine.Create(f); err != nil {
			t.Fatal(err)
		}
	}
	return engine, r
}

// gate is a server at which functions wait, so that a test knows where they are.
type gate struct {
	url     string
	arrived chan struct{}
	left    chan struct{}
	open    chan struct{}
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{arrived: make(chan struct{}, 16), left: make(chan struct{}, 16), open: make(chan struct{})}
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		g.arrived <- struct{}{}
		select {
		case <-g.open:
		case <-r.Context().Done():
		}
		g.left <- struct{}{}
	})}
	g.url = serve(t, server)
	return g
}

// await fails the test when nothing comes within a time that only a broken engine needs.
func await(t *testing.T, what string, ch <-chan struct{}) {
	t.Helper()
	select {
	case <-ch:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: did not happen", what)
	}
}

func idle(t *testing.T, engine *lambda.Engine) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := engine.Idle(ctx); err != nil {
		t.Fatal(err)
	}
}
