package mail_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
	outbox "github.com/mejan/mejan/local/mail"
	"github.com/mejan/mejan/local/wire"
)

// open lets everyone do everything and remembers what the last call asked for.
type open struct{ asked *[]wire.Permission }

func (open) Principal(string) wire.Principal { return wire.Principal{Admin: true} }

func (o open) Authorize(_ wire.Principal, c wire.Call) *wire.Error {
	*o.asked = c.Needs
	return nil
}

// bench is an outbox behind the front of the local cloud.
type bench struct {
	*outbox.Outbox
	config aws.Config
	client *sesv2.Client
	dir    string
	asked  []wire.Permission
}

func start(t *testing.T) *bench {
	t.Helper()
	b := &bench{dir: filepath.Join(t.TempDir(), "outbox")}
	now := func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }
	var err error
	b.Outbox, err = outbox.New("000000000000", "us-east-1", b.dir, now)
	must(t, err)
	front := wire.NewFront(open{&b.asked}, nil, slog.New(slog.DiscardHandler))
	front.Add(b.Outbox)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	b.config = pipelinetest.Endpoint(server.URL)
	b.client = sesv2.NewFromConfig(b.config, func(o *sesv2.Options) {
		o.Retryer = aws.NopRetryer{}
	})
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func body(text string) *types.Content { return &types.Content{Data: &text} }

// report is a mail with everything: two bodies, a picture in the HTML, a file, headers, tags.
func report() *sesv2.SendEmailInput {
	return &sesv2.SendEmailInput{
		FromEmailAddress: aws.String("Mejan <reports@example.com>"),
		Destination:      &types.Destination{ToAddresses: []string{"a@example.org"}, BccAddresses: []string{"b@example.org"}},
		EmailTags:        []types.MessageTag{{Name: aws.String("stage"), Value: aws.String("dev")}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: body("Markets – bearish"),
			Body:    &types.Body{Text: body("AAPL ▼\n"), Html: body(`<p>AAPL ▼ <img src="cid:chart"></p>`)},
			Headers: []types.MessageHeader{{Name: aws.String("X-Correlation-Id"), Value: aws.String("c0ffee")}},
			Attachments: []types.Attachment{
				{
					FileName: aws.String("chart.png"), ContentId: aws.String("chart"), RawContent: []byte("PNG"),
					ContentType: aws.String("image/png"), ContentDisposition: types.AttachmentContentDispositionInline,
				},
				{FileName: aws.String("rows.csv"), RawContent: []byte("a,b\n"), ContentType: aws.String("text/csv")},
			},
		}},
	}
}

// What the mailer of the pipeline relies on holds here as it does on SES.
func TestConformance(t *testing.T) {
	b := start(t)
	pipelinetest.MailConformance(t, pipelinetest.MailEndpoint{
		Config: b.config,
		Verify: func(t *testing.T, address string) { must(t, b.CreateIdentity(address, "")) },
		Delivered: func(*testing.T) []pipelinetest.DeliveredMail {
			var all []pipelinetest.DeliveredMail
			for _, m := range b.Messages() {
				headers := make(map[string]string)
				for name := range m.Header {
					headers[name] = m.Header.Get(name)
				}
				all = append(all, pipelinetest.DeliveredMail{
					MessageID: m.ID, Subject: m.Subject, HTML: m.HTML, Text: m.Text, From: m.From, To: m.To, Headers: headers,
				})
			}
			return all
		},
	})
}

// An accepted mail lies in the directory as a mail program would get it and as a browser shows it.
func TestAcceptedMailIsWritten(t *testing.T) {
	b := start(t)
	must(t, b.CreateConfigurationSet("mejan-dev"))
	must(t, b.CreateIdentity("reports@example.com", "mejan-dev"))
	out, err := b.client.SendEmail(t.Context(), report())
	must(t, err)

	messages := b.Messages()
	if len(messages) != 1 {
		t.Fatalf("%d messages, want 1", len(messages))
	}
	got := messages[0]
	eml, err := os.ReadFile(filepath.Join(b.dir, "1.eml"))
	must(t, err)
	m, err := mail.ReadMessage(bytes.NewReader(eml))
	must(t, err)
	if want := "<" + *out.MessageId + "@email.amazonses.com>"; m.Header.Get("Message-ID") != want {
		t.Errorf("Message-ID %q, want %q", m.Header.Get("Message-ID"), want)
	}
	if m.Header.Get("X-Correlation-Id") != "c0ffee" || m.Header.Get("Bcc") != "" {
		t.Errorf("header %v: want the correlation id and no Bcc", m.Header)
	}
	for _, part := range []string{
		"multipart/mixed", "multipart/related", "multipart/alternative", "Content-ID: <chart>", "rows.csv",
	} {
		if !bytes.Contains(bytes.ToLower(eml), []byte(strings.ToLower(part))) {
			t.Errorf("the .eml lacks %q", part)
		}
	}
	html, err := os.ReadFile(filepath.Join(b.dir, "1.html"))
	must(t, err)
	if want := `<p>AAPL ▼ <img src="data:image/png;base64,UE5H"></p>`; string(html) != want {
		t.Errorf("1.html is %q, want %q", html, want)
	}
	got.Header, got.At = nil, time.Time{}
	want := outbox.Message{
		N: 1, ID: *out.MessageId, From: "reports@example.com", To: []string{"a@example.org", "b@example.org"},
		Subject: "Markets – bearish", ConfigurationSet: "mejan-dev", Tags: map[string]string{"stage": "dev"},
		HTML: `<p>AAPL ▼ <img src="cid:chart"></p>`, Text: "AAPL ▼\n", Page: string(html),
		Files: []string{"1.eml", "1.html", "1.txt"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

// SES accepts a mail to a suppressed address and does not deliver it; neither does the outbox.
func TestSuppression(t *testing.T) {
	b := start(t)
	must(t, b.CreateIdentity("reports@example.com", ""))
	address := aws.String("a@example.org")
	get := &sesv2.GetSuppressedDestinationInput{EmailAddress: address}
	_, err := b.client.GetSuppressedDestination(t.Context(), get)
	if code(err) != "NotFoundException" {
		t.Errorf("error %v, want NotFoundException", err)
	}
	put := &sesv2.PutSuppressedDestinationInput{EmailAddress: address, Reason: types.SuppressionListReasonBounce}
	_, err = b.client.PutSuppressedDestination(t.Context(), put)
	must(t, err)
	found, err := b.client.GetSuppressedDestination(t.Context(), get)
	must(t, err)
	if d := found.SuppressedDestination; *d.EmailAddress != *address || d.Reason != types.SuppressionListReasonBounce ||
		d.LastUpdateTime.Year() != 2026 {
		t.Errorf("suppressed destination %+v", d)
	}

	partly := report()
	_, err = b.client.SendEmail(t.Context(), partly)
	must(t, err)
	wholly := report()
	wholly.Destination.BccAddresses = nil
	_, err = b.client.SendEmail(t.Context(), wholly)
	must(t, err)
	remove := &sesv2.DeleteSuppressedDestinationInput{EmailAddress: address}
	_, err = b.client.DeleteSuppressedDestination(t.Context(), remove)
	must(t, err)
	_, err = b.client.SendEmail(t.Context(), wholly)
	must(t, err)
	var suppressed [][]string
	for _, m := range b.Messages() {
		suppressed = append(suppressed, m.Suppressed)
	}
	if diff := cmp.Diff([][]string{{"a@example.org"}, nil}, suppressed); diff != "" {
		t.Errorf("suppressed per accepted mail (-want +got):\n%s", diff)
	}
	if len(b.Bounced()) != 1 {
		t.Errorf("%d mails bounced, want 1", len(b.Bounced()))
	}
}

// A raw mail is kept byte for byte but for the id and the date, which are SES's, and its bodies are found.
func TestRaw(t *testing.T) {
	b := start(t)
	must(t, b.CreateIdentity("example.com", ""))
	raw := strings.ReplaceAll(`From: reports@example.com
To: a@example.org
Subject: =?utf-8?q?Markets_=E2=80=93_bearish?=
Message-ID:
 <mine@example.com>
X-Correlation-Id: c0ffee
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

plain
--b
Content-Type: text/html; charset=utf-8

<p>rich</p>
--b--
`, "\n", "\r\n")
	out, err := b.client.SendEmail(t.Context(), &sesv2.SendEmailInput{
		Content: &types.EmailContent{Raw: &types.RawMessage{Data: []byte(raw)}},
	})
	must(t, err)
	got := b.Messages()[0]
	if got.Text != "plain" || got.HTML != "<p>rich</p>" || got.Subject != "Markets – bearish" ||
		got.To[0] != "a@example.org" {
		t.Errorf("message %+v", got)
	}
	eml, err := os.ReadFile(filepath.Join(b.dir, "1.eml"))
	must(t, err)
	if strings.Contains(string(eml), "mine@") || !strings.Contains(string(eml), *out.MessageId) {
		t.Errorf("the .eml has not SES's id:\n%s", eml)
	}
	if !strings.HasSuffix(string(eml), raw[max(0, strings.Index(raw, "X-Correlation-Id")):]) {
		t.Errorf("the .eml changed what follows:\n%s", eml)
	}
}

// A new outbox over an old directory goes on behind the mails that lie there.
func TestNumbersGoOn(t *testing.T) {
	b := start(t)
	must(t, os.WriteFile(filepath.Join(b.dir, "12.eml"), nil, 0o644))
	again, err := outbox.New("000000000000", "us-east-1", b.dir, time.Now)
	must(t, err)
	must(t, again.CreateIdentity("example.com", ""))
	front := wire.NewFront(open{&b.asked}, nil, slog.New(slog.DiscardHandler))
	front.Add(again)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	_, err = sesv2.NewFromConfig(pipelinetest.Endpoint(server.URL)).SendEmail(t.Context(), report())
	must(t, err)
	if got := again.Messages(); len(got) != 1 || got[0].N != 13 || got[0].Files[0] != "13.eml" {
		t.Errorf("messages %+v, want number 13", got)
	}
}

// Identities and configuration sets made by the API are those that SendEmail knows.
func TestIdentities(t *testing.T) {
	b := start(t)
	ctx, name := t.Context(), aws.String("Reports@Example.com")
	create := &sesv2.CreateEmailIdentityInput{EmailIdentity: name, ConfigurationSetName: aws.String("mejan-dev")}
	_, err := b.client.CreateEmailIdentity(ctx, create)
	if code(err) != "NotFoundException" {
		t.Errorf("unknown set: error %v, want NotFoundException", err)
	}
	set := &sesv2.CreateConfigurationSetInput{ConfigurationSetName: aws.String("mejan-dev")}
	_, err = b.client.CreateConfigurationSet(ctx, set)
	must(t, err)
	_, err = b.client.CreateEmailIdentity(ctx, create)
	must(t, err)
	_, err = b.client.CreateEmailIdentity(ctx, create)
	if code(err) != "AlreadyExistsException" {
		t.Errorf("twice: error %v, want AlreadyExistsException", err)
	}
	get := func(name string) (*sesv2.GetEmailIdentityOutput, error) {
		return b.client.GetEmailIdentity(ctx, &sesv2.GetEmailIdentityInput{EmailIdentity: &name})
	}
	got, err := get("Reports@example.com")
	must(t, err)
	if !got.VerifiedForSendingStatus || got.IdentityType != types.IdentityTypeEmailAddress ||
		*got.ConfigurationSetName != "mejan-dev" {
		t.Errorf("identity %+v", got)
	}
	_, err = get("nobody@example.com")
	if code(err) != "NotFoundException" {
		t.Errorf("unknown: error %v, want NotFoundException", err)
	}
}

// Where moto implements it, it answers the same calls with the same codes.
func TestAgreesWithMoto(t *testing.T) {
	b := start(t)
	moto := sesv2.NewFromConfig(pipelinetest.Moto(t))
	ctx := t.Context()
	for name, client := range map[string]*sesv2.Client{"moto": moto, "local": b.client} {
		var codes []string
		record := func(err error) { codes = append(codes, code(err)) }
		get := &sesv2.GetEmailIdentityInput{EmailIdentity: aws.String("reports@example.com")}
		_, err := client.GetEmailIdentity(ctx, get)
		record(err)
		_, err = client.SendEmail(ctx, report())
		record(err)
		_, err = client.CreateEmailIdentity(ctx, &sesv2.CreateEmailIdentityInput{EmailIdentity: get.EmailIdentity})
		record(err)
		_, err = client.GetEmailIdentity(ctx, get)
		record(err)
		_, err = client.SendEmail(ctx, report())
		record(err)
		want := []string{"NotFoundException", "MessageRejected", "", "", ""}
		if diff := cmp.Diff(want, codes); diff != "" {
			t.Errorf("%s: codes (-want +got):\n%s", name, diff)
		}
	}
}
