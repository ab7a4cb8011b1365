package lambda_test

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/local/lambda"
)

// Promise: every way in which a function can end is told as Lambda tells it, and the next event finds a working
// function.
func TestInvoke(t *testing.T) {
	engine, record := start(t, lambda.Options{}, function("f", 2*time.Second))
	for _, test := range []struct {
		do            string
		functionError string
		response      string
		status        lambda.Status
	}{
		{"echo", "", `"echo"`, lambda.Success},
		{"error", "Unhandled", `"errorMessage":"no luck"`, lambda.Failure},
		{"panic", "Unhandled", `"errorMessage":"no sense"`, lambda.Failure},
		{"echo", "", `"echo"`, lambda.Success},
		{"exit", "Unhandled", "Runtime exited with error: exit status 3", lambda.Failure},
		{"sleep", "Unhandled", "Task timed out after 2.00 seconds", lambda.Timeout},
		{"large", "Unhandled", "Function.ResponseSizeTooLarge", lambda.Failure},
		{"echo", "", `"echo"`, lambda.Success},
	} {
		t.Run(test.do, func(t *testing.T) {
			response, functionError, err := engine.Invoke(t.Context(), "f", order{Do: test.do}.json())
			if err != nil {
				t.Fatal(err)
			}
			if functionError != test.functionError {
				t.Errorf("function error %q, want %q", functionError, test.functionError)
			}
			if !strings.Contains(string(response), test.response) {
				t.Errorf("response %s, want it to contain %s", response, test.response)
			}
			if last := record.reports[len(record.reports)-1]; last.Status != test.status {
				t.Errorf("reported %q, want %q", last.Status, test.status)
			}
		})
	}
}

// Promise: a call that cannot be made says why, in an error that callers can tell apart.
func TestInvokeRefuses(t *testing.T) {
	engine, _ := start(t, lambda.Options{}, function("f", time.Second))
	if _, _, err := engine.Invoke(t.Context(), "g", nil); !errors.Is(err, lambda.ErrUnknownFunction) {
		t.Errorf("unknown function: got %v", err)
	}
	large := make([]byte, lambda.MaxSyncPayload+1)
	if _, _, err := engine.Invoke(t.Context(), "f", large); !errors.Is(err, lambda.ErrPayloadTooLarge) {
		t.Errorf("large event: got %v", err)
	}
	large = large[:lambda.MaxAsyncPayload+1]
	if _, err := engine.InvokeAsync("f", large, ""); !errors.Is(err, lambda.ErrPayloadTooLarge) {
		t.Errorf("large asynchronous event: got %v", err)
	}
	bad := function("g", time.Second)
	bad.Env["AWS_REGION"] = "eu-west-1"
	if err := engine.Create(bad); !errors.Is(err, lambda.ErrReservedVariable) {
		t.Errorf("reserved variable: got %v", err)
	}
	if err := engine.Create(function("f", time.Second)); err == nil {
		t.Error("a name was given twice")
	}
}

// Promise: a function that cannot start fails its event instead of hanging, and its last words are kept.
func TestInitFails(t *testing.T) {
	broken := function("broken", time.Second)
	broken.Env[roleVariable] = "broken"
	absent := function("absent", time.Second)
	absent.Image.Entrypoint = []string{"/no/such/file"}
	engine, record := start(t, lambda.Options{}, broken, absent)
	for name, want := range map[string]string{"broken": "exit status 7", "absent": "Runtime.InvalidEntrypoint"} {
		response, functionError, err := engine.Invoke(t.Context(), name, []byte("{}"))
		if err != nil || functionError == "" || !strings.Contains(string(response), want) {
			t.Errorf("%s: got %s, %q, %v, want %q", name, response, functionError, err, want)
		}
	}
	if diff := cmp.Diff([]string{"cannot start"}, record.texts()); diff != "" {
		t.Error(diff)
	}
}

// Promise: a function sees what it would see on Lambda, its own settings over the image's, and nothing of the machine
// that it runs on.
func TestEnvironment(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	f := function("f", time.Second)
	f.Credentials = lambda.Credentials{AccessKeyID: "key", SecretAccessKey: "secret", SessionToken: "token"}
	f.Endpoint = "http://127.0.0.1:4566"
	f.MemoryMB = 512
	engine, _ := start(t, lambda.Options{}, f)
	response, _, err := engine.Invoke(t.Context(), "f", order{Do: "environ"}.json())
	if err != nil {
		t.Fatal(err)
	}
	var environ []string
	if err := json.Unmarshal(response, &environ); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		got[name] = value
	}
	if got["_X_AMZN_TRACE_ID"] == "" || got["AWS_LAMBDA_RUNTIME_API"] == "" || got["TMPDIR"] == "" {
		t.Errorf("trace, runtime or temporary folder is missing: %v", environ)
	}
	changing := []string{"_X_AMZN_TRACE_ID", "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME", "TMPDIR"}
	for _, name := range changing {
		delete(got, name)
	}
	want := map[string]string{
		roleVariable: "function", "FROM": "function", "KEPT": "image",
		"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "en_US.UTF-8", "TZ": ":UTC",
		"AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
		"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "LAMBDA_TASK_ROOT": "/",
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
		"AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Promise: a process is used again, one event at a time, and no more processes run than the function may have; what
// comes above waits and is served.
func TestConcurrency(t *testing.T) {
	f := function("f", time.Minute)
	f.ReservedConcurrency = 2
	engine, record := start(t, lambda.Options{}, f)
	gate := newGate(t)
	for range 5 {
		if _, err := engine.InvokeAsync("f", order{Do: "gate", URL: gate.url}.json(), "test"); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "first process", gate.arrived)
	await(t, "second process", gate.arrived)
	if n := len(gate.arrived); n > 0 {
		t.Errorf("%d events beyond the function's concurrency", n)
	}
	close(gate.open)
	idle(t, engine)
	started := slices.DeleteFunc(slices.Clone(record.reports), func(r lambda.Report) bool { return r.InitDuration == 0 })
	if len(record.reports) != 5 || len(started) != 2 {
		t.Errorf("%d invocations in %d processes, want 5 in 2", len(record.reports), len(started))
	}
}

// Promise: every line of an invocation is told before it ends, whole, cut at the limit when it is long, with the id of
// its invocation, and framed by Lambda's own lines.
func TestLogs(t *testing.T) {
	engine, record := start(t, lambda.Options{}, function("f", 10*time.Second))
	long := strings.Repeat("y", 300<<10)
	if _, _, err := engine.Invoke(t.Context(), "f", order{Text: "one\n\n" + long + "\n"}.json()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := engine.Invoke(t.Context(), "f", order{Do: "exit", Text: "no line break"}.json()); err != nil {
		t.Fatal(err)
	}
	want := []string{"one", "", long[:256<<10], long[256<<10:], "no line break"}
	if diff := cmp.Diff(want, record.texts()); diff != "" {
		t.Errorf("lines differ: %.400s", diff)
	}
	ids := make(map[string][]string)
	for _, line := range record.lines {
		kind, _, _ := strings.Cut(line.Text, " ")
		if line.Platform {
			ids[line.RequestID] = append(ids[line.RequestID], kind)
		}
	}
	for _, report := range record.reports {
		if diff := cmp.Diff([]string{"START", "END", "REPORT"}, ids[report.RequestID]); diff != "" {
			t.Errorf("platform lines of %s: %s", report.RequestID, diff)
		}
	}
}

// Promise: an invocation does not end before its last line was told, however slow the listener; who waits for it can
// read the log.
func TestLogsBeforeEnd(t *testing.T) {
	returned, early := make(chan struct{}), make(chan bool, 1)
	engine := lambda.New(lambda.Options{Logs: func(line lambda.Line) {
		if line.Text != "last" {
			return
		}
		select {
		case <-returned:
			early <- true
		case <-time.After(100 * time.Millisecond):
			early <- false
		}
	}})
	defer engine.Close()
	if err := engine.Create(function("f", 5*time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := engine.Invoke(t.Context(), "f", order{Text: "last\n"}.json()); err != nil {
		t.Fatal(err)
	}
	close(returned)
	if <-early {
		t.Error("the invocation ended before its last line was told")
	}
}

// Promise: closing leaves no process behind, not even one that ignores the request to end, nor one that a function
// started.
func TestCloseEndsEverything(t *testing.T) {
	engine, _ := start(t, lambda.Options{}, function("f", time.Minute))
	parked, stubborn, child := newGate(t), newGate(t), newGate(t)
	for _, o := range []order{
		{Do: "gate", URL: parked.url}, {Do: "stubborn", URL: stubborn.url}, {Do: "child", URL: child.url},
	} {
		if _, err := engine.InvokeAsync("f", o.json(), "test"); err != nil {
			t.Fatal(err)
		}
	}
	for _, g := range []*gate{parked, stubborn, child} {
		await(t, "start", g.arrived)
	}
	engine.Close()
	for _, g := range []*gate{parked, stubborn, child} {
		await(t, "end", g.left)
	}
	if _, _, err := engine.Invoke(t.Context(), "f", nil); !errors.Is(err, lambda.ErrClosed) {
		t.Errorf("invoke after close: got %v", err)
	}
	if err := engine.Idle(t.Context()); !errors.Is(err, lambda.ErrClosed) {
		t.Errorf("idle after close: got %v", err)
	}
}

// Promise: no function outlives the program that started it, even when that is killed.
func TestFunctionsDieWithTheProgram(t *testing.T) {
	gate := newGate(t)
	self := function("f", 0).Image.Entrypoint[0]
	owner := exec.Command(self)
	owner.Env = []string{roleVariable + "=owner", "GATE=" + gate.url, "TMPDIR=" + t.TempDir()}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "start", gate.arrived)
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	await(t, "end", gate.left)
}

// serve runs a server for one test and returns its address.
func serve(t *testing.T, server *http.Server) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return "http://" + listener.Addr().String()
}
