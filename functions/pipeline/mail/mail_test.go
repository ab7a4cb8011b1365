package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/mail"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

var report = mail.Message{
	RunID: "20180212T063000Z-00bb60591543", CorrelationID: "4bf92f3577b34da6",
	Subject: "Market summary", HTML: "<p>−2.08 %</p>", Text: "−2.08 %",
}

func mailer(t *testing.T, url string) *mail.Mailer {
	t.Helper()
	receivers, err := mail.ParseReceivers("a@example.com, b@Example.com,b@example.COM,a@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return mail.New(pipelinetest.Endpoint(url), "dev", mail.Addresses{
		Sender: "reports@example.com", Receivers: receivers, TestReceiver: "tests@example.com",
	})
}

// The ledger keeps ids of the receivers, not their addresses: of all for a report, of the test receiver alone for that of
// a smoke test.
func TestReceivers(t *testing.T) {
	x := mailer(t, "http://127.0.0.1:1")
	want := []string{pipeline.ReceiverID("a@example.com"), pipeline.ReceiverID("b@example.com")}
	if diff := cmp.Diff(want, x.Receivers(report)); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	test := report
	test.Smoke = true
	if diff := cmp.Diff([]string{pipeline.ReceiverID("tests@example.com")}, x.Receivers(test)); diff != "" {
		t.Errorf("smoke test (-want +got):\n%s", diff)
	}
}

// An error tells the caller whether the mail was certainly not sent, because only then may it be sent again freely; and
// whatever SES answers, one Send is one request, because a second one could be a second mail.
func TestErrorsSayWhetherTheMailWasSent(t *testing.T) {
	for _, test := range []struct {
		status          int
		code            string
		refused, forNow bool
	}{
		{400, "MessageRejected", true, false},
		{400, "MailFromDomainNotVerifiedException", true, false},
		{400, "BadRequestException", true, false},
		{400, "AccountSuspendedException", true, false},
		{404, "NotFoundException", true, false},
		{403, "AccessDeniedException", true, false},
		{400, "SendingPausedException", true, true},
		{400, "LimitExceededException", true, true},
		{400, "ThrottlingException", true, true},
		{429, "TooManyRequestsException", true, true},
		{408, "RequestTimeout", false, false},
		{500, "InternalFailure", false, false},
		{503, "ServiceUnavailable", false, false},
	} {
		t.Run(test.code, func(t *testing.T) {
			var requests atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests.Add(1)
				w.Header().Set("X-Amzn-ErrorType", test.code)
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, `{"message":"no"}`)
			}))
			defer server.Close()
			_, err := mailer(t, server.URL).Send(t.Context(), report)
			refused, forNow := errors.Is(err, mail.ErrRefused), errors.Is(err, mail.ErrRefusedForNow)
			if err == nil || refused != test.refused || forNow != test.forNow {
				t.Errorf("Send: %v; want refused %t, for now %t", err, test.refused, test.forNow)
			}
			if got := requests.Load(); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	}
}

// An answer that is lost leaves the mail uncertain, and the request is not repeated.
func TestLostAnswerIsUncertain(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	_, err := mailer(t, server.URL).Send(t.Context(), report)
	if err == nil || errors.Is(err, mail.ErrRefused) {
		t.Errorf("Send: %v; want an error that is not a refusal", err)
	}
	if got := requests.Load(); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

// A deadline that passes while SES thinks leaves the mail uncertain.
func TestDeadlineIsUncertain(t *testing.T) {
	arrived := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() { <-arrived; cancel() }()
	if _, err := mailer(t, server.URL).Send(ctx, report); err == nil || errors.Is(err, mail.ErrRefused) {
		t.Errorf("Send: %v; want an error that is not a refusal", err)
	}
}

// Where no connection comes to be, nothing was sent.
func TestNoConnectionIsARefusal(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := mailer(t, url).Send(t.Context(), report); !errors.Is(err, mail.ErrRefusedForNow) {
		t.Errorf("Send: %v; want %v", err, mail.ErrRefusedForNow)
	}
}

// The request carries both bodies as UTF-8, the ids as headers and tags, and each receiver once.
func TestRequest(t *testing.T) {
	var got map[string]any
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"MessageId":"m-1"}`)
	}))
	defer server.Close()
	id, err := mailer(t, server.URL).Send(t.Context(), report)
	if err != nil || id != "m-1" {
		t.Fatalf("Send = %q, %v", id, err)
	}
	content := func(text string) any { return map[string]any{"Charset": "UTF-8", "Data": text} }
	want := map[string]any{
		"FromEmailAddress": "reports@example.com",
		"Destination":      map[string]any{"ToAddresses": []any{"a@example.com", "b@example.com"}},
		"Content": map[string]any{"Simple": map[string]any{
			"Subject": content(report.Subject),
			"Body":    map[string]any{"Html": content(report.HTML), "Text": content(report.Text)},
			"Headers": []any{
				map[string]any{"Name": "X-Correlation-Id", "Value": report.CorrelationID},
				map[string]any{"Name": "X-Mejan-Run-Id", "Value": report.RunID},
			},
		}},
		"EmailTags": []any{
			map[string]any{"Name": "stage", "Value": "dev"},
			map[string]any{"Name": "run", "Value": report.RunID},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

// A message that could write headers of its own, or says nothing, never reaches SES.
func TestUnsendableMessages(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("request sent") }))
	defer server.Close()
	with := func(change func(*mail.Message)) mail.Message {
		m := report
		change(&m)
		return m
	}
	for name, m := range map[string]mail.Message{
		"line break in correlation id": with(func(m *mail.Message) { m.CorrelationID = "a\r\nBcc: x@example.com" }),
		"no correlation id":            with(func(m *mail.Message) { m.CorrelationID = "" }),
		"letters beyond ASCII":         with(func(m *mail.Message) { m.RunID = "rün" }),
		"long run id":                  with(func(m *mail.Message) { m.RunID = strings.Repeat("1", 901) }),
		"line break in subject":        with(func(m *mail.Message) { m.Subject = "a\nb" }),
		"no subject":                   with(func(m *mail.Message) { m.Subject = "" }),
		"no text":                      with(func(m *mail.Message) { m.Text = "" }),
		"no html":                      with(func(m *mail.Message) { m.HTML = "" }),
	} {
		_, err := mailer(t, server.URL).Send(t.Context(), m)
		if !errors.Is(err, mail.ErrRefused) || errors.Is(err, mail.ErrRefusedForNow) {
			t.Errorf("%s: Send: %v; want a lasting refusal", name, err)
		}
	}
}

// Every correlation id that the rest of the pipeline lets pass can be sent: otherwise a report would be stored, and refused
// each time.
func TestValidIDsAreSent(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"MessageId":"m-1"}`)
	}))
	defer server.Close()
	var possible []string
	for c := range rune(0x100) {
		if id := string(c); pipeline.ValidCorrelationID(id) {
			possible = append(possible, id)
		}
	}
	if len(possible) != 26+26+10+5 {
		t.Errorf("%d characters are possible: %q", len(possible), possible)
	}
	for _, id := range append(possible, strings.Join(possible, ""), strings.Repeat("x", 128)) {
		m := report
		m.CorrelationID = id
		if _, err := mailer(t, server.URL).Send(t.Context(), m); err != nil {
			t.Errorf("correlation id %q: %v", id, err)
		}
	}
}

// Someone who mistypes an address is told which one, all of them at once.
func TestParseReceiversNamesEveryBadAddress(t *testing.T) {
	for _, test := range []struct {
		receivers string
		want      []string
	}{
		{"", []string{`""`}},
		{"a@example.com,bob,c@", []string{`"bob"`, `"c@"`}},
		{"a@example.com;b@example.com", []string{`"a@example.com;b@example.com"`}},
		{"<a@example.com>, team: b@example.com", []string{`"<a@example.com>"`, `"team: b@example.com"`}},
		{"rü@example.com", []string{`"rü@example.com"`}},
		{many(51), []string{"51 addresses"}},
	} {
		_, err := mail.ParseReceivers(test.receivers)
		if err == nil {
			t.Errorf("ParseReceivers(%q): no error", test.receivers)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("ParseReceivers(%q): %q lacks %q", test.receivers, err, want)
			}
		}
	}
}

func many(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.Repeat("x", i+1) + "@example.com"
	}
	return strings.Join(list, ", ")
}

// The report of a smoke test goes to the test receiver and to no stakeholder; without a test receiver it goes nowhere,
// and certainly so.
func TestSmokeReceiver(t *testing.T) {
	var sentTo []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Destination struct{ ToAddresses []string }
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Errorf("decode request: %v", err)
		}
		sentTo = append(sentTo, in.Destination.ToAddresses...)
		_, _ = io.WriteString(w, `{"MessageId":"1"}`)
	}))
	defer server.Close()
	smoke := report
	smoke.Smoke = true
	if _, err := mailer(t, server.URL).Send(t.Context(), smoke); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"tests@example.com"}, sentTo); diff != "" {
		t.Errorf("receivers (-want +got):\n%s", diff)
	}
	without := mail.New(pipelinetest.Endpoint(server.URL), "dev", mail.Addresses{
		Sender: "reports@example.com", Receivers: []string{"a@example.com"},
	})
	_, err := without.Send(t.Context(), smoke)
	if !errors.Is(err, mail.ErrRefused) || !strings.Contains(err.Error(), pipeline.EnvTestReceiverEmail) || len(sentTo) != 1 {
		t.Errorf("without a test receiver: %v, sent to %v; want a refusal that names the variable", err, sentTo)
	}
}

// What SES says of addresses does not get into logs and tables.
func TestErrorsNameNobody(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-ErrorType", "MessageRejected")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"message":"Email address is not verified: b@example.com, reports@example.com"}`)
	}))
	defer server.Close()
	_, err := mailer(t, server.URL).Send(t.Context(), report)
	if !errors.Is(err, mail.ErrRefused) || !strings.Contains(err.Error(), "not verified: a receiver, the sender") {
		t.Errorf("Send: %v; want a refusal without addresses", err)
	}
}
