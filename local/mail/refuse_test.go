package mail_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/local/wire"
)

// A caller needs the grant on the identity that speaks for the sender, and on the configuration set in use, the
// identity's default included.
func TestPermissions(t *testing.T) {
	const arn = "arn:aws:ses:us-east-1:000000000000:"
	for _, test := range []struct {
		name, identity, set, named string
		raw                        bool
		want                       []wire.Permission
	}{
		{name: "address", identity: "reports@example.com", want: []wire.Permission{
			{Action: "ses:SendEmail", Resource: arn + "identity/reports@example.com"},
		}},
		{name: "domain above", identity: "com", want: []wire.Permission{
			{Action: "ses:SendEmail", Resource: arn + "identity/com"},
		}},
		{name: "default set", identity: "example.com", set: "one", want: []wire.Permission{
			{Action: "ses:SendEmail", Resource: arn + "identity/example.com"},
			{Action: "ses:SendEmail", Resource: arn + "configuration-set/one"},
		}},
		{name: "named set", identity: "example.com", set: "one", named: "two", want: []wire.Permission{
			{Action: "ses:SendEmail", Resource: arn + "identity/example.com"},
			{Action: "ses:SendEmail", Resource: arn + "configuration-set/two"},
		}},
		{name: "raw", identity: "reports@example.com", raw: true, want: []wire.Permission{
			{Action: "ses:SendRawEmail", Resource: arn + "identity/reports@example.com"},
		}},
		{name: "unverified", identity: "other.com", want: []wire.Permission{
			{Action: "ses:SendEmail", Resource: arn + "identity/reports@example.com"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := start(t)
			must(t, errors.Join(b.CreateConfigurationSet("one"), b.CreateConfigurationSet("two")))
			must(t, b.CreateIdentity(test.identity, test.set))
			in := report()
			if test.named != "" {
				in.ConfigurationSetName = &test.named
			}
			if test.raw {
				raw := "From: reports@example.com\r\nTo: a@example.org\r\n\r\nhello\r\n"
				in = &sesv2.SendEmailInput{Content: &types.EmailContent{Raw: &types.RawMessage{Data: []byte(raw)}}}
			}
			_, err := b.client.SendEmail(t.Context(), in)
			if (err != nil) != (test.name == "unverified") {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(test.want, b.asked); diff != "" {
				t.Errorf("needs (-want +got):\n%s", diff)
			}
		})
	}
}

// A refused mail leaves nothing behind, and its code is the one that SES answers.
func TestRefusals(t *testing.T) {
	large := report()
	large.Content.Simple.Attachments[0].RawContent = make([]byte, 41<<20)
	stranger := report()
	stranger.FromEmailAddress = aws.String("stranger@example.net")
	noSet := report()
	noSet.ConfigurationSetName = aws.String("nowhere")
	noOne := report()
	noOne.Destination = &types.Destination{}
	crowd := report()
	crowd.Destination.ToAddresses = strings.Split(strings.Repeat("a@example.org ", 50)+"a@example.org", " ")
	illegal := report()
	illegal.Destination.ToAddresses = []string{"nobody"}
	badTag := report()
	badTag.EmailTags[0].Value = aws.String("a.b")
	header := report()
	header.Content.Simple.Headers[0].Value = aws.String("a\r\nBcc: c@example.org")
	from := report()
	from.Content.Simple.Headers[0].Name = aws.String("From")
	empty := report()
	empty.Content.Simple.Body = &types.Body{}
	template := report()
	template.Content = &types.EmailContent{Template: &types.Template{}}
	rawless := report()
	rawless.Content = &types.EmailContent{Raw: &types.RawMessage{Data: []byte("no header")}}
	for name, test := range map[string]struct {
		in   *sesv2.SendEmailInput
		want string
	}{
		"too large":             {large, "MessageRejected"},
		"unverified":            {stranger, "MessageRejected"},
		"no such set":           {noSet, "NotFoundException"},
		"no recipient":          {noOne, "BadRequestException"},
		"51 recipients":         {crowd, "BadRequestException"},
		"illegal address":       {illegal, "BadRequestException"},
		"illegal tag":           {badTag, "BadRequestException"},
		"line break in header":  {header, "BadRequestException"},
		"header of SES's own":   {from, "BadRequestException"},
		"no body":               {empty, "BadRequestException"},
		"template":              {template, "BadRequestException"},
		"raw without a header ": {rawless, "BadRequestException"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			must(t, b.CreateIdentity("reports@example.com", ""))
			_, err := b.client.SendEmail(t.Context(), test.in)
			if code(err) != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if files, _ := os.ReadDir(b.dir); len(b.Messages()) != 0 || len(files) != 0 {
				t.Errorf("left behind: %v, %v", b.Messages(), files)
			}
		})
	}
}
