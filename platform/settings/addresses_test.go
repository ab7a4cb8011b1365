package settings_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An address reaches SES, IAM, SNS and the notifier in the one spelling that SES takes.
func TestAddresses(t *testing.T) {
	s, err := load(t, required(map[string]string{
		"mejan:senderEmail": "Reports@Börse.DE",
		"mejan:receiverEmails": `["desk@bücher.example.de","Desk@mejan.io","desk@MEJAN.io","desk@mejan.io",` +
			`"x@xn--brse-5qa.de","x@börse.de"]`,
		"mejan:alarmEmail": "oncall@日本語.jp",
	}))
	if err != nil {
		t.Fatal(err)
	}
	got := append([]string{s.SenderEmail, s.AlarmEmail}, s.ReceiverEmails...)
	want := []string{
		"Reports@xn--brse-5qa.de", "oncall@xn--wgv71a119e.jp",
		"desk@xn--bcher-kva.example.de", "Desk@mejan.io", "desk@mejan.io", "x@xn--brse-5qa.de",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each setting refuses an address that SES refuses, and one at a domain that cannot receive mail.
func TestAddressesRefused(t *testing.T) {
	for address, want := range map[string]string{
		"reports":                             "no @",
		"zoë@mejan.io":                        "'ë' before the @",
		"Mejan <from@mejan.io>":               "the address alone",
		"from@mejan.io.":                      "domain",
		"from@mejan..io":                      "domain",
		"from@me_jan.io":                      "domain",
		"from@[192.0.2.1]":                    "domain",
		"from@xn--a.io":                       "domain",
		"*@mejan.io":                          "before the @",
		"you@example.com":                     "placeholder",
		"you@EXAMPLE.org":                     "placeholder",
		"you@mail.example.net":                "placeholder",
		"you@mejan.example":                   "placeholder",
		"you@mejan.invalid":                   "placeholder",
		"you@mejan.test":                      "placeholder",
		"you@mail.localhost":                  "placeholder",
		"you@printer.local":                   "placeholder",
		"you@localhost":                       "domain",
		strings.Repeat("a", 65) + "@mejan.io": "65 characters before the @",
	} {
		for _, key := range []string{"mejan:senderEmail", "mejan:receiverEmails", "mejan:testReceiverEmail", "mejan:alarmEmail"} {
			_, err := load(t, required(map[string]string{key: address}))
			refusedWith(t, err, key+`: "`+address+`" is`)
			refusedWith(t, err, want)
			refusedWith(t, err, "pulumi config set --stack dev "+key+" you@example.com")
		}
	}
}

// The receivers fit into the notifier's environment as Lambda measures it, to the byte, or are refused with the count.
func TestReceiversFitLambda(t *testing.T) {
	// {"LOG_LEVEL":"info","RECEIVER_EMAIL":"","SENDER_EMAIL":"from@mejan.io","STAGE":"dev",
	// "TABLE_NAME":"mejan-dev-analyses","TEST_RECEIVER_EMAIL":"success@simulator.amazonses.com"} takes 175 bytes, so that
	// 4,096 leave 3,921 for the receivers.
	fits := receivers(49, 78) + ","
	fits += strings.Repeat("y", 3921-len(fits)-len(longHost)) + longHost
	_, err := load(t, required(map[string]string{"mejan:receiverEmails": fits}))
	if err != nil {
		t.Errorf("%d bytes of receivers: %v", len(fits), err)
	}
	_, err = load(t, required(map[string]string{"mejan:receiverEmails": "z" + fits}))
	refusedWith(t, err, "mejan:receiverEmails: the notifier's environment takes 4097 bytes with 50 receivers, "+
		"Lambda allows 4096: use a group's address; pulumi config set --stack dev mejan:receiverEmails ")
}
