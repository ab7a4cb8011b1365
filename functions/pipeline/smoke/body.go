// Package smoke makes the content of a smoke test: a file that says what it said before, in bytes that are new.
//
// The ingestor knows a content by its bytes and takes each content once. So a second smoke test of one file would find
// the marker of the first, and a real file with the same bytes would find the marker of a smoke test. White space
// behind the document keeps them apart.
package smoke

import (
	"bytes"
	"compress/gzip"
	"fmt"
)

// gzipMagic begins a compressed file. The ingestor, too, goes by these bytes and not by the name.
const gzipMagic = "\x1f\x8b"

// Blank spells a nonce as white space, a line break and a blank for each bit, that may follow a JSON document.
func Blank(nonce []byte) []byte {
	blank := []byte{'\n'}
	for _, b := range nonce {
		for bit := range 8 {
			blank = append(blank, " \t"[b>>bit&1])
		}
	}
	return append(blank, '\n')
}

// Body is the content of a file with a nonce behind it. A compressed file gets the nonce as one more gzip member. Give
// 8 random bytes or more, so that no two bodies are the same.
func Body(content, nonce []byte) ([]byte, error) {
	blank := Blank(nonce)
	if !bytes.HasPrefix(content, []byte(gzipMagic)) {
		return append(bytes.Clone(content), blank...), nil
	}
	body := bytes.NewBuffer(bytes.Clone(content))
	member := gzip.NewWriter(body)
	if _, err := member.Write(blank); err != nil {
		return nil, fmt.Errorf("compress the nonce: %w", err)
	}
	if err := member.Close(); err != nil {
		return nil, fmt.Errorf("compress the nonce: %w", err)
	}
	return body.Bytes(), nil
}
