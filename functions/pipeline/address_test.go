package pipeline_test

import (
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// An address that passes here is one that SES takes, that means itself in an ARN and in a list with commas, and that has
// one spelling only.
func TestParseAddress(t *testing.T) {
	long := strings.Repeat("a", 64)
	domain := strings.Repeat("b", 63) + "." + strings.Repeat("c", 63) + "." + strings.Repeat("d", 59) + ".e"
	for text, want := range map[string]string{
		"reports@mejan.io":                 "reports@mejan.io",
		"Reports@Mejan.IO":                 "Reports@mejan.io",
		"o'neill+desk=a/b_c@mail.mejan.io": "o'neill+desk=a/b_c@mail.mejan.io",
		"first.last@xn--brse-5qa.de":       "first.last@xn--brse-5qa.de",
		"a@3com.com":                       "a@3com.com",
		long + "@mejan.io":                 long + "@mejan.io",
		long + "@" + domain:                long + "@" + domain,

		"": "", "reports": "", "@mejan.io": "", "reports@": "", "reports@localhost": "",
		// display names, brackets, comments, quotes
		"Mejan <reports@mejan.io>": "", "<reports@mejan.io>": "", "reports(us)@mejan.io": "", `"a b"@mejan.io`: "",
		" reports@mejan.io": "", "reports@mejan.io ": "", "re ports@mejan.io": "",
		// letters beyond ASCII
		"zoë@mejan.io": "", "zoe@börse.de": "",
		// dots
		".a@mejan.io": "", "a.@mejan.io": "", "a..b@mejan.io": "", "a@mejan.io.": "", "a@.mejan.io": "", "a@mejan..io": "",
		// domains
		"a@-mejan.io": "", "a@mejan-.io": "", "a@me_jan.io": "", "a@[192.0.2.1]": "", "a@192.0.2.1": "", "a@b@mejan.io": "",
		// what IAM, and the list of receivers, would read otherwise
		"*@mejan.io": "", "a?@mejan.io": "", "${aws:username}@mejan.io": "", "a,b@mejan.io": "",
		// lengths
		long + "a@mejan.io": "", long + "@" + domain + "f": "", "a@" + strings.Repeat("b", 64) + ".io": "",
	} {
		got, err := pipeline.ParseAddress(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, error %v, want %q", text, got, err, want)
		}
	}
}
