package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"strings"
	"testing"
)

// sights are files that people give in place of JSON, and what they are told.
var sights = map[string]struct{ content, says string }{
	"empty":            {"", "is empty"},
	"blank":            {" \n\n", "is empty"},
	"csv":              {"datetime,open,high,low,close,volume\n2018-02-07,1,2,1,2,3\n", "such as CSV"},
	"csv of the feed":  {"datetime;open;high;low;close\r\n2018-02-07;1;2;1;2\r\n", "format=CSV"},
	"quoted csv":       {"\"Date\",\"Open\",\"Close\"\n", "such as CSV"},
	"html":             {"\n<!DOCTYPE html>\n<html><head>", "web page"},
	"html in capitals": {"<HTML>", "web page"},
	"s3":               {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code></Error>", "error document of S3"},
	"xml":              {"<bars/>", "XML"},
	"aws":              {`{"__type":"AccessDeniedException","message":"no"}`, "error document of AWS"},
	"dynamodb":         {`{"message":"Missing Authentication Token"}`, "error document of AWS"},
	"python":           {"{'AAPL': {'meta': {'symbol': 'AAPL'}}}", "json.dump"},
	"python 2":         {"{u'AAPL': 1}", "json.dump"},
	"python list":      {"[{'symbol': 'AAPL'}]", "json.dump"},
	"json lines":       {"{\"a\":1}\n{\"a\":2}\n", "JSON Lines"},
	"rows":             {`{"symbol":"AAPL","interval":"1day","datetime":"2018-02-07","open":1,"close":2}` + "\n", "ends in .jsonl"},
	"rejects":          {`{"run_id":"","source":{},"pointer":"","reasons":[]}` + "\n", "mejan replay"},
	"utf-16":           {"\xff\xfe{\x00}\x00", "iconv"},
	"utf-8 with mark":  {"\xef\xbb\xbf{}", "byte order mark"},
	"zip":              {"PK\x03\x04rest", "zip archive"},
	"xz":               {"\xfd7zXZ\x00rest", "unxz"},
	"zstd":             {"\x28\xb5\x2f\xfdrest", "unzstd"},
	"bzip2":            {"BZh91AY", "bunzip2"},
	"parquet":          {"PAR1", "Parquet"},
	"gzip cut off":     {"\x1f\x8b\x08", "damaged gzip"},
	"gzip of csv":      {zipped("datetime,open,close\n1,2,3\n"), "such as CSV"},
	"bars cut off":     {series + good, ""},
	"plain text":       {"not found", ""},
}

func zipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return out.String()
}

// What somebody gave in place of a file of bars is known by sight, and the error says what to do; so in both commands
// that read one.
func TestSight(t *testing.T) {
	for name, c := range sights {
		t.Run(name, func(t *testing.T) {
			file := write(t, "bars.json", c.content)
			for _, command := range []string{"validate", "preview"} {
				code, _, stderr := mejan(t, command, file)
				_, hint, hinted := strings.Cut(stderr, "\n")
				if code != 1 || !strings.Contains(hint, c.says) || strings.TrimSpace(hint) == "" != (c.says == "") {
					t.Errorf("%s: exit %d, %q, hinted %t; want %q", command, code, stderr, hinted, c.says)
				}
			}
			_, stdout, _ := mejan(t, "validate", "--json", file)
			if strings.Contains(stdout, `"hint":`) != (c.says != "") {
				t.Errorf("--json: %s", stdout)
			}
		})
	}
}

// A file of bars comes through a pipe as well, and several come one after the other: one that cannot be used does not
// keep the rest from being checked.
func TestSeveralFiles(t *testing.T) {
	mixed, broken := write(t, "mixed.json", series+good+","+bad+"]}"), write(t, "broken.json", "a,b,c\n1,2,3\n")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = r
	t.Cleanup(func() { os.Stdin = stdin })
	go func() {
		_, _ = w.WriteString(series + good + "]}")
		w.Close()
	}()
	code, stdout, stderr := mejan(t, "validate", mixed, broken, "-")
	for _, want := range []string{
		mixed + ": 2 rows of 1 symbols: 1 valid, 1 refused", "First refused rows\n  /values/1 at byte 160\n    FIELD_TYPE in open: null, not a number",
		"Refused\n           1 row with a field of the wrong type (FIELD_TYPE)\n", "stdin: 1 rows",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	if code != 1 || !strings.Contains(stderr, broken+" cannot be used") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}

	code, stdout, _ = mejan(t, "validate", "--json", mixed, broken)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if code != 1 || len(lines) != 2 || !strings.HasPrefix(lines[0], `{"file":"`+mixed) || !strings.HasPrefix(lines[1], `{"file":"`+broken) {
		t.Errorf("exit %d, stdout:\n%s", code, stdout)
	}
	if code, _, stderr := mejan(t, "validate", mixed, broken, "--rejects", "-"); code != 2 || !strings.Contains(stderr, "give one") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}

// Of many refused rows the first are named, and the others counted.
func TestRefusedRows(t *testing.T) {
	_, stdout, _ := mejan(t, "validate", write(t, "many.json", series+good+strings.Repeat(","+bad, 8)+"]}"))
	if strings.Count(stdout, "at byte") != maxRefused || !strings.Contains(stdout, "and 3 more, which --rejects writes") {
		t.Error(stdout)
	}
}
