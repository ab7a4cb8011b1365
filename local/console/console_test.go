package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mejan/mejan/local/console"
)

func get(t *testing.T, source console.Source, target string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = "127.0.0.1:4566"
	w := httptest.NewRecorder()
	console.New(source).ServeHTTP(w, r)
	return w
}

// Each page shows what the cloud holds.
func TestPages(t *testing.T) {
	const bucket = "mejan-dev-data-1a2b3c4"
	for _, test := range []struct {
		path string
		want []string
	}{
		{"/", []string{
			"ingestor", "inputs/us-stocks-1day.json", `pill good">analysed`, `pill quiet">duplicate`, "13\u202f992",
			`/logs?correlation=` + correlation, "412ms", "bearish", `pill bad">ALARM`, "Threshold Crossed", "ses:SendEmail",
			"s3:AbortMultipartUpload", "mejan-dev-analyzer-dead-letters", "table unreachable", "14303",
			"no rule with a target matches", "stage <b>dev</b>", "data-live",
		}},
		{"/mails/", []string{`href="/mails/1"`, "desk@example.org"}},
		{"/mails/1", []string{`<iframe sandbox src="/mails/1/page"`, "reports@example.com", "0100019a-x-000000"}},
		{"/mails/1?view=text", []string{"<pre>AAPL fell 2.08%.\n</pre>"}},
		{"/mails/1?view=headers", []string{"X-Correlation-Id", correlation}},
		{"/buckets/", []string{"mejan-dev-failures-5d6e7f8", "inputs</span>"}},
		{"/buckets/" + bucket, []string{"inputs/</a>", "2 objects", "top.bin", "2 B"}},
		{"/buckets/" + bucket + "?prefix=processed/2026/", []string{"11/</a>", "1 object<"}},
		{"/object?bucket=" + bucket + "&key=inputs/us-stocks-1week.json", []string{
			"{\n  &#34;AAPL&#34;: {\n", "correlation-id", correlation, "24 B",
		}},
		{"/object?bucket=" + bucket + "&key=top.bin", []string{"not text"}},
		{"/tables/", []string{`href="/tables/mejan-dev-analyses"`}},
		{"/tables/mejan-dev-analyses", []string{runID, "&#34;symbols_analyzed&#34;: 6", "item 2"}},
		{"/logs", []string{"file claimed", "<i>outcome</i>ingested", "REPORT RequestId", "model throttled"}},
		{"/console/style.css", []string{"color-scheme"}},
		{"/console/live.js", []string{"setInterval"}},
	} {
		w := get(t, busy(), test.path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d: %s", test.path, w.Code, w.Body)
		}
		for _, want := range test.want {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s lacks %q", test.path, want)
			}
		}
	}
}

// A cloud in which nothing has happened yet has pages too, and the first says what to do.
func TestEmptyPages(t *testing.T) {
	empty := &cloud{}
	empty.state.Tables = []string{""}
	empty.state.URL, empty.state.InputBucket = "http://127.0.0.1:4566", "data"
	for _, path := range []string{"/", "/mails/", "/buckets/", "/tables/", "/logs?function=x"} {
		if w := get(t, empty, path); w.Code != http.StatusOK {
			t.Errorf("%s: status %d: %s", path, w.Code, w.Body)
		}
	}
	const want = "aws --endpoint-url http://127.0.0.1:4566 s3 cp FILE.json s3://data/inputs/"
	if w := get(t, empty, "/"); !strings.Contains(w.Body.String(), want) {
		t.Errorf("the first page lacks %q", want)
	}
}

// What is not there is not found, and no name leads to anything but what the source holds.
func TestNotFound(t *testing.T) {
	for _, path := range []string{
		"/mails/2", "/mails/x", "/mails/2/page", "/buckets/other", "/tables/other", "/nowhere", "/console/layout.html",
		"/object?bucket=other&key=top.bin", "/object?bucket=mejan-dev-data-1a2b3c4&key=../top.bin", "/object",
	} {
		if w := get(t, busy(), path); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, w.Code)
		}
	}
}

// Text from the cloud never becomes markup of the console: every page that shows it shows it escaped.
func TestEscapes(t *testing.T) {
	for _, path := range []string{
		"/", "/mails/", "/mails/1", "/mails/1?view=text", "/mails/1?view=headers", "/logs", "/logs?text=%3Cscript%3Ealert",
		"/object?bucket=mejan-dev-data-1a2b3c4&key=inputs/a+b%26c.json", "/buckets/mejan-dev-data-1a2b3c4?prefix=inputs/",
	} {
		if w := get(t, busy(), path); strings.Contains(w.Body.String(), evil) || w.Code != http.StatusOK {
			t.Errorf("%s: status %d, or it holds %s as it is", path, w.Code, evil)
		}
	}
}

// A mail's HTML is served for a sandbox: no script runs and nothing is loaded, whoever opens the address.
func TestMailIsSandboxed(t *testing.T) {
	w := get(t, busy(), "/mails/1/page")
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "sandbox; default-src 'none'") || strings.Contains(policy, "allow-scripts") {
		t.Errorf("policy %q", policy)
	}
	if !strings.Contains(w.Body.String(), "<b>2.08%</b>") {
		t.Error("the page is not the mail's own HTML")
	}
}

// Pages load from the console alone, and only to be read.
func TestOnlyReads(t *testing.T) {
	w := httptest.NewRecorder()
	console.New(busy()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if policy := w.Header().Get("Content-Security-Policy"); w.Code != http.StatusOK ||
		!strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("status %d, policy %q", w.Code, policy)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		r := httptest.NewRequest(method, "/", nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		console.New(busy()).ServeHTTP(w, r)
		if w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d, want 405", method, w.Code)
		}
	}
}

// Logs are filtered by each of function, correlation id, level and text.
func TestLogFilters(t *testing.T) {
	all := []string{"file claimed", "REPORT", "file settled", "model throttled", "table unreachable"}
	for query, want := range map[string][]string{
		"":                              all,
		"function=analyzer":             {"model throttled", "table unreachable"},
		"correlation=upload/42":         {"table unreachable"},
		"level=WARN":                    {"model throttled", "table unreachable"},
		"text=SETTLED":                  {"file settled"},
		"function=ingestor&text=rep":    {"REPORT"},
		"function=notifier&level=ERROR": nil,
	} {
		w := get(t, busy(), "/logs?"+query)
		for _, text := range all {
			shown := strings.Contains(w.Body.String(), text)
			wanted := false
			for _, x := range want {
				wanted = wanted || x == text
			}
			if shown != wanted {
				t.Errorf("/logs?%s: shows %q: %t, want %t", query, text, shown, wanted)
			}
		}
	}
}

// A large object is shown up to a bound, and the page says so.
func TestLargeObjectIsCut(t *testing.T) {
	w := get(t, busy(), "/object?bucket=mejan-dev-data-1a2b3c4&key=processed/2026/11/23/"+runID+".jsonl")
	if !strings.Contains(w.Body.String(), "Only the beginning is shown") || w.Body.Len() > 1<<20 {
		t.Errorf("page of %d bytes; want a bounded one that says so", w.Body.Len())
	}
}
