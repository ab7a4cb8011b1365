package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"github.com/mejan/mejan/functions/pipeline"
)

// Message is one report, rendered.
type Message struct {
	// RunID and CorrelationID travel as headers; printable ASCII.
	RunID         string
	CorrelationID string
	// Smoke marks the report of a smoke test: the test receiver gets it, and no other address.
	Smoke bool
	// Subject is one line of UTF-8. HTML and Text say the same, for two kinds of readers.
	Subject string
	HTML    string
	Text    string
}

// Addresses are where messages come from and where they go, checked; see [ParseAddress] and [ParseReceivers].
type Addresses struct {
	Sender    string
	Receivers []string
	// TestReceiver gets the reports of smoke tests.
	TestReceiver string
}

// receivers is the only place that decides who gets a message.
func (a Addresses) receivers(m Message) ([]string, error) {
	switch {
	case !m.Smoke:
		return a.Receivers, nil
	case a.TestReceiver == "":
		return nil, fmt.Errorf("no test receiver for a smoke test: set %s", pipeline.EnvTestReceiverEmail)
	default:
		return []string{a.TestReceiver}, nil
	}
}

// Mailer sends messages from one address to a fixed list of others.
type Mailer struct {
	client    *sesv2.Client
	stage     string
	addresses Addresses
}

// New makes the mailer of a stage from the SDK's configuration.
//
// The SDK's retries are off: it would repeat a request whose answer was lost, and thereby the mail.
func New(cfg aws.Config, stage string, addresses Addresses) *Mailer {
	client := sesv2.NewFromConfig(cfg, func(o *sesv2.Options) { o.Retryer = aws.NopRetryer{} })
	return &Mailer{client: client, stage: stage, addresses: addresses}
}

// Receivers gives the ids of those who get m: see [pipeline.ReceiverID]. There are none where Send would refuse m.
func (x *Mailer) Receivers(m Message) []string {
	to, err := x.addresses.receivers(m)
	if err != nil {
		return nil
	}
	ids := make([]string, len(to))
	for i, address := range to {
		ids[i] = pipeline.ReceiverID(address)
	}
	return ids
}

// Send hands m to SES, in one HTTP request and never a second one, and returns the id that SES gave it. The error is
// [ErrRefused] where m was certainly not sent; after any other error it may have been sent. Send is safe for
// concurrent use.
func (x *Mailer) Send(ctx context.Context, m Message) (string, error) {
	to, err := x.addresses.receivers(m)
	if err := errors.Join(err, check(m)); err != nil {
		return "", fmt.Errorf("send report %q: %w: %w", m.RunID, ErrRefused, err)
	}
	out, err := x.client.SendEmail(ctx, &sesv2.SendEmailInput{
		FromEmailAddress: aws.String(x.addresses.Sender),
		Destination:      &types.Destination{ToAddresses: to},
		Content:          &types.EmailContent{Simple: simple(m)},
		EmailTags:        []types.MessageTag{tag("stage", x.stage), tag("run", m.RunID)},
	})
	if err != nil {
		return "", fmt.Errorf("send report %q: %w", m.RunID, x.masked(classify(err)))
	}
	return aws.ToString(out.MessageId), nil
}

// masked keeps the addresses out of logs and tables: SES names them in its errors.
func (x *Mailer) masked(err error) error {
	names := []string{x.addresses.Sender, "the sender"}
	if test := x.addresses.TestReceiver; test != "" {
		names = append(names, test, "the test receiver")
	}
	for _, to := range x.addresses.Receivers {
		names = append(names, to, "a receiver")
	}
	return maskedError{error: err, text: strings.NewReplacer(names...).Replace(err.Error())}
}

type maskedError struct {
	error
	text string
}

func (e maskedError) Error() string { return e.text }

func (e maskedError) Unwrap() error { return e.error }

func simple(m Message) *types.Message {
	return &types.Message{
		Subject: utf8(m.Subject),
		Body:    &types.Body{Html: utf8(m.HTML), Text: utf8(m.Text)},
		Headers: []types.MessageHeader{
			{Name: aws.String(pipeline.CorrelationHeader), Value: aws.String(m.CorrelationID)},
			{Name: aws.String(pipeline.RunHeader), Value: aws.String(m.RunID)},
		},
	}
}

func utf8(text string) *types.Content {
	return &types.Content{Data: aws.String(text), Charset: aws.String("UTF-8")}
}

// tag makes a message tag; SES allows letters, digits, `_` and `-` in it.
func tag(name, value string) types.MessageTag {
	value = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-':
			return r
		default:
			return '_'
		}
	}, value)
	return types.MessageTag{Name: aws.String(name), Value: aws.String(value)}
}

// check refuses what would let data write headers of its own, and a mail without words.
func check(m Message) error {
	var problems []error
	for _, header := range []struct{ name, value string }{
		{pipeline.CorrelationHeader, m.CorrelationID}, {pipeline.RunHeader, m.RunID},
	} {
		if !headerValue(header.value) {
			problems = append(problems,
				fmt.Errorf("header %s: %q is not 1 to 900 printable ASCII characters", header.name, header.value))
		}
	}
	if m.Subject == "" || strings.ContainsAny(m.Subject, "\r\n") {
		problems = append(problems, fmt.Errorf("subject %q: not one line", m.Subject))
	}
	if m.HTML == "" || m.Text == "" {
		problems = append(problems, errors.New("empty body"))
	}
	return errors.Join(problems...)
}

// headerValue holds a value to the characters of a mail header. SES takes 995 bytes with the name.
func headerValue(value string) bool {
	for i := range len(value) {
		if value[i] < ' ' || value[i] > '~' {
			return false
		}
	}
	return 0 < len(value) && len(value) <= 900
}
