package pipelinetest

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline/mail"
)

// MailEndpoint is an SES v2 endpoint under test.
type MailEndpoint struct {
	Config aws.Config
	// Verify makes an address one that may send.
	Verify func(t *testing.T, address string)
	// Delivered reads back what the endpoint accepted, oldest first; nil where it cannot tell.
	Delivered func(t *testing.T) []DeliveredMail
}

// DeliveredMail is an accepted message as its receivers get it, decoded.
type DeliveredMail struct {
	MessageID, Subject, HTML, Text string
	// From and To are addresses without display names.
	From string
	To   []string
	// Headers holds at least those that the message set, under the names that it gave them.
	Headers map[string]string
}

// MailConformance checks what the mailer relies on, on an endpoint that has not delivered anything.
func MailConformance(t *testing.T, endpoint MailEndpoint) {
	const sender, stranger = "reports@example.com", "stranger@example.org"
	endpoint.Verify(t, sender)
	message := mail.Message{
		RunID: "20180212T063000Z-00bb60591543", CorrelationID: "upload/42:a_b.c",
		Subject: "Market summary 2018-02-05: bearish – 1 of 6 symbols advanced",
		HTML:    "<!DOCTYPE html>\n<p>▼ −2.08 % & “more”</p>\n<p>" + strings.Repeat("long line ", 300) + "</p>\n",
		Text:    "▼ −2.08 %\n.\nFrom the start\n" + strings.Repeat("long line ", 300) + "\n",
	}
	// A message from an address that nobody verified is refused, and the refusal is told apart from a lost answer.
	t.Run("unverified sender", func(t *testing.T) {
		m := mail.New(endpoint.Config, "dev", mail.Addresses{Sender: stranger, Receivers: []string{"a@example.com"}})
		_, err := m.Send(t.Context(), message)
		if !errors.Is(err, mail.ErrRefused) || errors.Is(err, mail.ErrRefusedForNow) {
			t.Errorf("Send: %v; want a lasting refusal", err)
		}
	})

	// A message is accepted whatever letters and lines it holds, and each acceptance has an id of its own.
	t.Run("accepted", func(t *testing.T) {
		m := mail.New(endpoint.Config, "dev", mail.Addresses{
			Sender: sender, Receivers: []string{"a@example.com", "b@example.com"},
		})
		first, err := m.Send(t.Context(), message)
		if err != nil {
			t.Fatal(err)
		}
		second, err := m.Send(t.Context(), message)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" || first == second {
			t.Errorf("message ids %q and %q: want two different ones", first, second)
		}
		if endpoint.Delivered == nil {
			return
		}
		want := DeliveredMail{
			Subject: message.Subject, HTML: message.HTML, Text: message.Text,
			From: sender, To: []string{"a@example.com", "b@example.com"},
			Headers: map[string]string{"X-Correlation-Id": message.CorrelationID, "X-Mejan-Run-Id": message.RunID},
		}
		got := endpoint.Delivered(t)
		for i := range got {
			got[i].HTML, got[i].Text = lines(got[i].HTML), lines(got[i].Text)
			for name := range got[i].Headers {
				if _, set := want.Headers[name]; !set {
					delete(got[i].Headers, name)
				}
			}
		}
		first1, second1 := want, want
		first1.MessageID, second1.MessageID = first, second
		if diff := cmp.Diff([]DeliveredMail{first1, second1}, got); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

// lines ends lines as the message did: mail travels with CRLF, and may gain an end of line.
func lines(text string) string {
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n") + "\n"
}
