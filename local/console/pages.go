package console

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/local/mail"
)

// Bounds of what a page shows.
const (
	maxObjects = 1000
	maxItems   = 200
	maxText    = 256 << 10
)

func (c *Console) overview(w http.ResponseWriter, _ *http.Request) {
	c.render(w, "overview", page{Title: "Overview", Section: "overview", Live: true, Cloud: c.source.Snapshot()})
}

func (c *Console) mails(w http.ResponseWriter, _ *http.Request) {
	c.render(w, "mails", page{Title: "Mails", Section: "mails", Live: true, Cloud: c.source.Snapshot()})
}

// mailView is a mail and the way in which it is shown: page, text or headers.
type mailView struct {
	mail.Message
	View string
}

func (c *Console) mail(w http.ResponseWriter, r *http.Request) {
	cloud := c.source.Snapshot()
	m, ok := findMail(cloud.Mails, r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	view := mailView{Message: m, View: r.FormValue("view")}
	if view.View == "" {
		view.View = "page"
	}
	c.render(w, "mail", page{Title: m.Subject, Section: "mails", Cloud: cloud, Body: view})
}

func findMail(mails []mail.Message, r *http.Request) (mail.Message, bool) {
	n, err := strconv.Atoi(r.PathValue("n"))
	i := slices.IndexFunc(mails, func(m mail.Message) bool { return m.N == n })
	if err != nil || i < 0 {
		return mail.Message{}, false
	}
	return mails[i], true
}

// mailPage is a mail's HTML, for a frame: without scripts, forms or the network, and with an origin of its own.
func (c *Console) mailPage(w http.ResponseWriter, r *http.Request) {
	m, ok := findMail(c.source.Snapshot().Mails, r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy",
		"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, m.Page) // an error here is the browser's connection
}

func (c *Console) buckets(w http.ResponseWriter, _ *http.Request) {
	c.render(w, "buckets", page{Title: "Buckets", Section: "buckets", Live: true, Cloud: c.source.Snapshot()})
}

// folder is the part of a bucket under one prefix, up to the next slash.
type folder struct {
	Bucket, Prefix string
	// Parents lead from the bucket to the prefix.
	Parents []link
	Folders []link
	Objects []Object
	// Hidden counts objects that the page leaves out.
	Hidden int
}

// link is a prefix and the last part of it.
type link struct {
	Name, Prefix string
	// Count is how many objects lie under it.
	Count int
}

func (c *Console) bucket(w http.ResponseWriter, r *http.Request) {
	contents, ok := c.source.Contents(r.PathValue("bucket"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	f := open(contents.Objects, r.FormValue("prefix"))
	f.Bucket = r.PathValue("bucket")
	c.render(w, "bucket", page{
		Title: f.Bucket, Section: "buckets", Live: true, Cloud: c.source.Snapshot(), Body: f,
	})
}

// open collects a folder's objects, and its folders in the order of their names.
func open(objects []Object, prefix string) folder {
	f := folder{Prefix: prefix, Parents: parents(prefix)}
	for _, object := range objects {
		rest, ok := strings.CutPrefix(object.Key, prefix)
		if !ok {
			continue
		}
		name, _, deeper := strings.Cut(rest, "/")
		switch last := len(f.Folders) - 1; {
		case !deeper && len(f.Objects) == maxObjects:
			f.Hidden++
		case !deeper:
			f.Objects = append(f.Objects, object)
		case last >= 0 && f.Folders[last].Name == name:
			f.Folders[last].Count++
		default:
			f.Folders = append(f.Folders, link{Name: name, Prefix: prefix + name + "/", Count: 1})
		}
	}
	return f
}

func parents(prefix string) []link {
	var all []link
	for i := range len(prefix) {
		if prefix[i] == '/' {
			above := prefix[:i]
			all = append(all, link{Name: above[strings.LastIndexByte(above, '/')+1:], Prefix: prefix[:i+1]})
		}
	}
	return all
}

// content is an object with the beginning of its text.
type content struct {
	Object
	Bucket  string
	Parents []link
	Text    string
	// Binary objects have no text to show; Cut means that Text is not all.
	Binary, Cut bool
}

func (c *Console) object(w http.ResponseWriter, r *http.Request) {
	bucket, key := r.FormValue("bucket"), r.FormValue("key")
	contents, ok := c.source.Contents(bucket)
	i := slices.IndexFunc(contents.Objects, func(o Object) bool { return o.Key == key })
	if !ok || i < 0 {
		http.NotFound(w, r)
		return
	}
	text, err := beginning(contents, key)
	if err != nil {
		http.Error(w, fmt.Sprintf("open object %q: %v", key, err), http.StatusInternalServerError)
		return
	}
	view := content{
		Object: contents.Objects[i], Bucket: bucket, Parents: parents(key[:strings.LastIndexByte(key, '/')+1]),
		Cut: len(text) > maxText,
	}
	if view.Cut {
		// A cut through a character, or within the last line, is not the object's fault.
		text = bytes.ToValidUTF8(text[:maxText], nil)
	}
	if view.Binary = !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0; !view.Binary {
		view.Text = pretty(text)
	}
	c.render(w, "object", page{Title: key, Section: "buckets", Cloud: c.source.Snapshot(), Body: view})
}

func beginning(contents Contents, key string) ([]byte, error) {
	body, err := contents.Open(key)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(io.LimitReader(body, maxText+1))
}

// pretty indents text that is one JSON value, and leaves any other as it is.
func pretty(text []byte) string {
	value := jsontext.Value(slices.Clone(text))
	if !value.IsValid() || value.Indent(jsontext.WithIndent("  ")) != nil {
		return string(text)
	}
	return string(value)
}

func (c *Console) tables(w http.ResponseWriter, _ *http.Request) {
	c.render(w, "tables", page{Title: "Tables", Section: "tables", Live: true, Cloud: c.source.Snapshot()})
}

// rows is a table's items, each as indented JSON.
type rows struct {
	Table  string
	Items  []item
	Hidden int
}

type item struct{ Name, Text string }

func (c *Console) table(w http.ResponseWriter, r *http.Request) {
	items, ok := c.source.Items(r.PathValue("table"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	view := rows{Table: r.PathValue("table"), Hidden: max(len(items)-maxItems, 0)}
	for i, text := range items[:len(items)-view.Hidden] {
		view.Items = append(view.Items, item{Name: itemName(text, i), Text: pretty(text)})
	}
	c.render(w, "table", page{
		Title: view.Table, Section: "tables", Live: true, Cloud: c.source.Snapshot(), Body: view,
	})
}
