package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/mejan/mejan/functions/ingestor/ingest"
)

// headSize is how much of a file is looked at to tell what it is, in bytes.
const headSize = 4 << 10

// head keeps the first bytes of what is read through it.
type head struct {
	io.Reader
	bytes []byte
}

func (h *head) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if room := headSize - len(h.bytes); room > 0 {
		h.bytes = append(h.bytes, p[:min(n, room)]...)
	}
	return n, err
}

// unusable is the error of a file that cannot be used. It says what the file seems to be, where its first bytes tell.
func (h *head) unusable(name string, err error) error {
	said := fmt.Errorf("%s cannot be used: %w", name, err)
	if hint := h.hint(err); hint != "" {
		said = fmt.Errorf("%w\n%s", said, hint)
	}
	return said
}

// hint is a sentence about what the file seems to be and what to do, empty where the error says it all.
func (h *head) hint(err error) string {
	var broken *ingest.FileError
	if !errors.As(err, &broken) {
		return ""
	}
	switch broken.Code {
	case ingest.MalformedJSON, ingest.MalformedGzip, ingest.NoSeries:
		return recognize(content(h.bytes))
	default:
		return ""
	}
}

// content is the beginning of what a gzip file holds, and otherwise the bytes themselves.
func content(start []byte) []byte {
	unzip, err := gzip.NewReader(bytes.NewReader(start))
	if err != nil {
		return start
	}
	inner := make([]byte, headSize)
	n, _ := io.ReadFull(unzip, inner) // the beginning of a gzip file ends early
	return inner[:n]
}

// magics are the first bytes of files that are met in place of JSON.
var magics = []struct{ begin, hint string }{
	{"PK\x03\x04", "It is a zip archive or a spreadsheet: unpack it with `unzip`, and give the JSON file in it."},
	{"\xfd7zXZ\x00", "It is compressed with xz, and only gzip is read: unpack it with `unxz`."},
	{"\x28\xb5\x2f\xfd", "It is compressed with zstd, and only gzip is read: unpack it with `unzstd`."},
	{"BZh", "It is compressed with bzip2, and only gzip is read: unpack it with `bunzip2`."},
	{"\x1f\x8b", "It is a damaged gzip file: fetch it again."},
	{"PAR1", "It is a Parquet file: ask for JSON."},
	{"\xff\xfe", utf16},
	{"\xfe\xff", utf16},
	{"\xef\xbb\xbf", "It begins with a byte order mark: `tail -c +4` leaves it out."},
}

const utf16 = "It is text in UTF-16: `iconv -f UTF-16 -t UTF-8` turns it into UTF-8."

// texts are patterns of the beginning of such files, without white space in front. The first that fits counts.
var texts = []struct{ pattern, hint string }{
	{`^$`, "The file is empty: fetch it again."},
	{
		`(?is)^(<\?xml.*)?<error\b.*<code>`,
		"It is an error document of S3: check the key, the permissions, and whether a signed link has expired.",
	},
	{
		`(?is)^(<!--.*-->\s*)?(<!doctype html|<html|<head|<body)`,
		"It is a web page, such as an error or a login page: check the address and the API key that it was fetched with.",
	},
	{`^<`, "It is XML: ask for JSON."},
	{
		`^[{\[]\s*([{\[]\s*)*(u?'|(None|True|False)\b)`,
		"It is a Python value as print shows it, in single quotes: write it with json.dump(data, file).",
	},
	{
		`^"?[A-Za-z][\w .%/()-]*"?([,;\t|]"?[\w .%/()-]*"?){2,}\r?\n`,
		"It is a table, such as CSV: ask for JSON. Twelve Data sends CSV only where format=CSV asks for it.",
	},
}

// recognize tells by the beginning of a file what it is in place of JSON, and what to do.
func recognize(start []byte) string {
	for _, m := range magics {
		if bytes.HasPrefix(start, []byte(m.begin)) {
			return m.hint
		}
	}
	text := bytes.TrimLeft(start, " \t\r\n")
	for _, t := range texts {
		if regexp.MustCompile(t.pattern).Match(text) {
			return t.hint
		}
	}
	if text[0] == '{' {
		return recognizeObject(text)
	}
	return ""
}

// recognizeObject tells what a JSON object is that is no file of bars.
func recognizeObject(text []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var first map[string]json.RawMessage
	if decoder.Decode(&first) != nil {
		return "" // cut off, or no JSON
	}
	has := func(names ...string) bool {
		for _, name := range names {
			if _, there := first[name]; !there {
				return false
			}
		}
		return true
	}
	rest := strings.TrimSpace(string(text[decoder.InputOffset():]))
	switch {
	case has("symbol", "datetime", "close"):
		return "It is rows that the ingestor has written: `mejan preview` shows them where the name ends in .jsonl."
	case has("run_id", "reasons"):
		return "It is refused rows: `mejan replay` tries them again."
	case has("__type"), has("Error"), has("message") && !has("status") && !has("meta"), has("Message", "Code"):
		return "It is an error document of AWS, not a file of bars: check the command that fetched it."
	case strings.HasPrefix(rest, "{"):
		return "It is JSON Lines, one document to a line: give each line a file of its own."
	default:
		return ""
	}
}
