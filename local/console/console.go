// Package console is the local cloud in the browser: what the functions did with each file, the mails, objects, items
// and logs. It only reads.
//
// The pages need nothing from the network and run no script but the one that refreshes them. What the cloud holds was
// written by others, a mail's HTML above all: it is escaped, or shown in a sandbox.
package console

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
)

//go:embed assets
var assets embed.FS

// Console serves the pages.
type Console struct {
	source Source
	mux    *http.ServeMux
	pages  *template.Template
}

// New makes the console of a source.
func New(source Source) *Console {
	c := &Console{source: source, mux: http.NewServeMux()}
	c.pages = template.Must(template.New("").Funcs(formats).ParseFS(assets, "assets/*.html"))
	c.mux.HandleFunc("GET /{$}", c.overview)
	c.mux.HandleFunc("GET /mails/{$}", c.mails)
	c.mux.HandleFunc("GET /mails/{n}", c.mail)
	c.mux.HandleFunc("GET /mails/{n}/page", c.mailPage)
	c.mux.HandleFunc("GET /buckets/{$}", c.buckets)
	c.mux.HandleFunc("GET /buckets/{bucket}", c.bucket)
	c.mux.HandleFunc("GET /object", c.object)
	c.mux.HandleFunc("GET /tables/{$}", c.tables)
	c.mux.HandleFunc("GET /tables/{table}", c.table)
	c.mux.HandleFunc("GET /logs", c.logs)
	for _, name := range []string{"style.css", "live.js", "icon.svg"} {
		c.mux.HandleFunc("GET /console/"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, assets, "assets/"+name)
		})
	}
	return c
}

// policy lets a page load the console's own style, script, frames and pictures, and nothing else from anywhere.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP implements [http.Handler].
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "This request carries no AWS signature, and the console only reads.", http.StatusMethodNotAllowed)
		return
	}
	c.mux.ServeHTTP(w, r)
}

// page is what every page has.
type page struct {
	Title string
	// Section is the part of the navigation that the page belongs to.
	Section string
	// Live pages refresh themselves.
	Live  bool
	Cloud Snapshot
	Body  any
}

// render writes a page whole, or an error in its place.
func (c *Console) render(w http.ResponseWriter, name string, p page) {
	var out bytes.Buffer
	if err := c.pages.ExecuteTemplate(&out, name, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = out.WriteTo(w) // an error here is the browser's connection
}
