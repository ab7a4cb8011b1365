package local

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local/lambda"
)

// Entry is one line that a function, or Lambda about it, logged.
type Entry struct {
	Time time.Time
	// Function is the contract's name, such as ingestor.
	Function  string
	RequestID string
	// Level and Message are empty for a line that is not a log event, such as one of metrics.
	Level, Message string
	// Fields are the event's other fields, in the order in which they were written, without what each line has.
	Fields []Field
	// Text is the line as it was written.
	Text string
}

// Field is a name and a value as a person reads it.
type Field struct{ Name, Value string }

// Field is the value of a field, or "".
func (e Entry) Field(name string) string {
	for _, f := range e.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// inEveryLine reports whether every line has the field, so that it says nothing about this one.
func inEveryLine(name string) bool {
	return slices.ContainsFunc(pipeline.LogFields(), func(f pipeline.LogField) bool {
		return f.Name == name && f.Lines == pipeline.EveryLine
	})
}

// readEntry understands a line. One that is not a JSON object is its own message.
func readEntry(function string, line lambda.Line) Entry {
	e := Entry{Time: line.Time, Function: function, RequestID: line.RequestID, Text: line.Text}
	if line.Platform {
		return e
	}
	var members map[string]jsontext.Value
	if json.Unmarshal([]byte(line.Text), &members) != nil {
		e.Message = line.Text
		return e
	}
	if _, metrics := members["_aws"]; metrics {
		return e
	}
	e.Level, e.Message = plain(members[pipeline.LogLevel]), plain(members[pipeline.LogMessage])
	for _, name := range order([]byte(line.Text)) {
		if !inEveryLine(name) {
			e.Fields = append(e.Fields, Field{Name: name, Value: plain(members[name])})
		}
	}
	return e
}

// plain is a JSON value as a person reads it: a string without its quotes.
func plain(v jsontext.Value) string {
	var s string
	if v.Kind() == '"' && json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}

// order lists the names of an object's members as they come.
func order(object []byte) []string {
	var members orderedNames
	if json.Unmarshal(object, &members) != nil {
		return nil
	}
	return members
}

type orderedNames []string

// UnmarshalJSONFrom reads the names and skips the values.
func (n *orderedNames) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		*n = append(*n, name.String())
		if err := d.SkipValue(); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// kept bounds the entries in memory. The file has them all.
const kept = 20_000

// logbook keeps what was logged: the latest entries in memory, every line in a file. Safe for concurrent use.
type logbook struct {
	mu      sync.Mutex
	entries []Entry
	file    *os.File
	writer  *bufio.Writer
	err     error
}

func openLogbook(path string) (*logbook, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("open log file: %w", err)
	}
	return &logbook{file: file, writer: bufio.NewWriter(file)}, nil
}

// exported is how logs.jsonl holds a line that is not JSON, with the names that the functions' own lines have.
type exported struct {
	Timestamp string `json:"timestamp"`
	Service   string `json:"service"`
	RequestID string `json:"function_request_id,omitempty"`
	Message   string `json:"message"`
}

func (l *logbook) add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) == kept {
		l.entries = slices.Delete(l.entries, 0, kept/2)
	}
	l.entries = append(l.entries, e)
	line := []byte(e.Text)
	if !jsontext.Value(line).IsValid() {
		wrapped, err := json.Marshal(exported{
			Timestamp: e.Time.UTC().Format(pipeline.LogTimeFormat), Service: e.Function, RequestID: e.RequestID, Message: e.Text,
		})
		if err != nil {
			l.err = errors.Join(l.err, err)
			return
		}
		line = wrapped
	}
	if _, err := l.writer.Write(append(line, '\n')); err != nil && l.err == nil {
		l.err = fmt.Errorf("write log file: %w", err)
	}
}

// since lists the entries in memory from a moment on.
func (l *logbook) since(t time.Time) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := slices.IndexFunc(l.entries, func(e Entry) bool { return !e.Time.Before(t) })
	if at < 0 {
		return nil
	}
	return slices.Clone(l.entries[at:])
}

// flush brings the file up to date.
func (l *logbook) flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.writer.Flush(); err != nil {
		return fmt.Errorf("write log file: %w", err)
	}
	return l.err
}

func (l *logbook) close() error {
	return errors.Join(l.flush(), l.file.Close())
}
