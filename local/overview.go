package local

import (
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local/console"
	"github.com/mejan/mejan/local/lambda"
)

// overview is what the console shows of a cloud. It implements [console.Source].
type overview struct{ *Cloud }

// Snapshot implements [console.Source].
func (c overview) Snapshot() console.Snapshot {
	summary := c.Summary(nil)
	s := console.Snapshot{
		Stage: c.options.Stage, URL: c.url, InputBucket: c.Bucket(),
		Functions: c.tallies.functions(c.function),
		Files:     c.files(),
		Mails:     c.target.Mail.Messages(),
		Alarms:    c.target.Metrics.Alarms(),
		Fired:     c.target.Metrics.Fired(),
		Metrics:   c.target.Metrics.Summary(),
		Queues:    c.target.Queues(),
		Problems:  summary.Problems,
		Buckets:   c.target.S3.Buckets(),
		Tables:    c.target.Table.Tables(),
	}
	for _, d := range summary.IAM.Denied {
		s.Denied = append(s.Denied, console.Access(d))
	}
	for _, g := range summary.IAM.Unused {
		s.Unused = append(s.Unused, console.Access(g))
	}
	return s
}

// files are the closing lines of the ingestor.
func (c overview) files() []console.File {
	var files []console.File
	for _, e := range c.logs.since(time.Time{}) {
		if e.Function != string(pipeline.Ingestor) || e.Field("outcome") == "" {
			continue
		}
		rows := e.rows()
		files = append(files, console.File{
			At: e.Time, Input: e.Field("key"), Outcome: e.Field("outcome"),
			RunID: e.Field("run_id"), CorrelationID: e.Field("correlation_id"),
			Raw: rows.Raw, Valid: rows.Valid, Invalid: rows.Invalid,
		})
	}
	return files
}

// Logs implements [console.Source].
func (c overview) Logs() []console.Line {
	entries := c.logs.since(time.Time{})
	lines := make([]console.Line, len(entries))
	for i, e := range entries {
		lines[i] = console.Line{
			Time: e.Time, Function: e.Function, RequestID: e.RequestID, Level: e.Level, Message: e.Message,
			Correlation: e.Field("correlation_id"), Text: e.Text,
		}
		for _, f := range e.Fields {
			lines[i].Fields = append(lines[i].Fields, console.Field(f))
		}
	}
	return lines
}

// Items implements [console.Source].
func (c overview) Items(table string) ([][]byte, bool) {
	if !slices.Contains(c.target.Table.Tables(), table) {
		return nil, false
	}
	var items [][]byte
	for item := range c.target.Table.Items(table) {
		if plain, err := item.Plain(); err == nil {
			items = append(items, plain)
		}
	}
	return items, true
}

// Contents implements [console.Source].
func (c overview) Contents(bucket string) (console.Contents, bool) {
	if !slices.Contains(c.target.S3.Buckets(), bucket) {
		return console.Contents{}, false
	}
	contents := console.Contents{Open: func(key string) (io.ReadCloser, error) {
		_, content, err := c.target.S3.Open(bucket, key)
		return content, err
	}}
	for o := range c.target.S3.Objects(bucket) {
		metadata := make(map[string]string)
		for name, values := range o.Header {
			if name, is := strings.CutPrefix(strings.ToLower(name), "x-amz-meta-"); is {
				metadata[name] = strings.Join(values, ", ")
			}
		}
		contents.Objects = append(contents.Objects, console.Object{
			Key: o.Key, ETag: o.ETag, Size: o.Size, Modified: o.Modified, Metadata: metadata,
		})
	}
	return contents, true
}

// analyses are the items of every table, as plain JSON.
func (c *Cloud) analyses() []jsontext.Value {
	all := []jsontext.Value{}
	for _, name := range c.target.Table.Tables() {
		items, _ := overview{c}.Items(name)
		for _, item := range items {
			all = append(all, item)
		}
	}
	return all
}

// tallies count invocations. Safe for concurrent use.
type tallies struct {
	mu    sync.Mutex
	names map[string]*tally
}

type tally struct {
	invocations, errors int
	total, last         time.Duration
}

func (t *tallies) add(r lambda.Report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.names == nil {
		t.names = make(map[string]*tally)
	}
	one := t.names[r.Function]
	if one == nil {
		one = &tally{}
		t.names[r.Function] = one
	}
	one.invocations++
	if r.Status != lambda.Success {
		one.errors++
	}
	one.total += r.Duration
	one.last = r.Duration
}

// functions lists the tallies in the order in which a file meets the functions.
func (t *tallies) functions(name func(deployed string) string) []console.Function {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []console.Function
	for _, deployed := range slices.Sorted(maps.Keys(t.names)) {
		one := t.names[deployed]
		all = append(all, console.Function{
			Name: name(deployed), Deployed: deployed, Invocations: one.invocations, Errors: one.errors,
			Mean: one.total / time.Duration(one.invocations), Last: one.last,
		})
	}
	position := func(f console.Function) int { return slices.Index(pipeline.Functions(), pipeline.Function(f.Name)) }
	slices.SortStableFunc(all, func(a, b console.Function) int { return position(a) - position(b) })
	return all
}
