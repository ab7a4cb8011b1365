package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

// Whatever an object is called, the notification about it leads to it: S3 writes keys as forms do, with a plus for a
// space, and may leave slashes as they are.
func FuzzKey(f *testing.F) {
	for _, key := range []string{
		"inputs/x.json", "inputs/a b+c%20d%zz.json", "inputs/ü/日本.json", "inputs/../processed/x.json", "inputs//x.json", "inputs/%2F.json",
		"inputs/\x00\u2028.json", "inputs/\"'<&>.json", "+", "%", "..", "",
	} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		escaped := url.QueryEscape(key)
		for _, spelled := range []string{escaped, strings.ReplaceAll(escaped, "%2F", "/")} {
			var event events.S3Event
			body := fmt.Sprintf(`{"Records":[{"s3":{"bucket":{"name":"b"},"object":{"key":%q,"eTag":"\"e\"","size":1}}}]}`, spelled)
			if err := json.Unmarshal([]byte(body), &event); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			if got := notified(event.Records[0]); got.Key != key || got.ETag != "e" {
				t.Errorf("%q spelled %q: got %+v", key, spelled, got)
			}
		}
	})
}
