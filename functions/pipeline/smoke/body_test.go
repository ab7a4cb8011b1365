package smoke_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"testing"

	"github.com/mejan/mejan/functions/pipeline/smoke"
)

// Another nonce gives other bytes, the same nonce the same ones; the document stays what it was.
func TestBody(t *testing.T) {
	const document = `{"values":[1]}`
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(w, document)
	_ = w.Close()
	for name, content := range map[string][]byte{"plain": []byte(document), "gzip": zipped.Bytes()} {
		seen := make(map[string]bool)
		for _, nonce := range []string{"a", "b", "ab", "ba", "12345678"} {
			body, err := smoke.Body(content, []byte(nonce))
			if err != nil {
				t.Fatal(err)
			}
			if again, _ := smoke.Body(content, []byte(nonce)); !bytes.Equal(body, again) {
				t.Errorf("%s, nonce %q: two bodies", name, nonce)
			}
			if seen[string(body)] || bytes.Equal(body, content) {
				t.Errorf("%s, nonce %q: the bytes are not new", name, nonce)
			}
			seen[string(body)] = true
			if name == "gzip" {
				r, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
			}
			var compact bytes.Buffer
			if err := json.Compact(&compact, body); err != nil || compact.String() != document {
				t.Errorf("%s, nonce %q: read as %q, %v", name, nonce, compact.String(), err)
			}
		}
	}
}
