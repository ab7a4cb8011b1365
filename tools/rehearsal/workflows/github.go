package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// forge is as much of GitHub as gh asks for: comments, issues and pull requests of one repository. It refuses what it
// does not know, with the question, so that a rehearsal fails loudly.
type forge struct {
	mu sync.Mutex
	// posts are comments of pull request 7 and issues; their numbers begin with 1.
	posts []post
	pulls []pull
	done  []string
	last  string
	// unknown are the questions that were refused.
	unknown []string
}

type post struct {
	ID      int    `json:"id"`
	Number  int    `json:"number"`
	Title   string `json:"title"`
	Body    string `json:"body"`
	State   string `json:"state"`
	Address string `json:"html_url"`
	comment bool
}

type pull struct{ base, head, title, body string }

// taken is what was made or changed since it was last asked, and the text of the last such thing.
func (f *forge) taken() (done []string, last string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	done, last = f.done, f.last
	if len(f.unknown) > 0 {
		err = fmt.Errorf("the imitation of GitHub was asked what it does not know:\n%s", strings.Join(f.unknown, "\n"))
	}
	f.done, f.last, f.unknown = nil, "", nil
	return done, last, err
}

func (f *forge) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var body struct {
		Title, Body, State, Query string
		Variables                 map[string]any
	}
	if req.Method != http.MethodGet {
		if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	path := strings.TrimPrefix(req.URL.Path, "/repos/"+repository)
	switch {
	case !strings.HasSuffix(req.Header.Get("Authorization"), " token"):
		http.Error(w, `{"message":"Bad credentials"}`, http.StatusUnauthorized)
	case path == "/graphql":
		f.graphQL(w, body.Query, body.Variables)
	case req.Method == http.MethodGet && (path == "/issues" || path == "/issues/7/comments"):
		answer(w, f.list(path != "/issues"))
	case req.Method == http.MethodPost && (path == "/issues" || path == "/issues/7/comments"):
		id := len(f.posts) + 1
		p := post{ID: id, Number: id, Title: body.Title, State: "open", comment: path != "/issues"}
		f.posts = append(f.posts, p)
		f.done = append(f.done, map[bool]string{true: "new comment on 7", false: "new issue"}[p.comment])
		f.write(w, len(f.posts)-1, body.Body)
	case req.Method == http.MethodPatch && strings.HasPrefix(path, "/pulls/"):
		f.editPull(w, path, body.Title, body.Body)
	case req.Method == http.MethodPatch:
		f.patch(w, path, body.Body, body.State)
	default:
		f.refuse(w, req.Method+" "+req.URL.String())
	}
}

func (f *forge) list(comments bool) []post {
	found := []post{}
	for _, p := range f.posts {
		if p.comment == comments && p.State == "open" {
			found = append(found, p)
		}
	}
	return found
}

func (f *forge) patch(w http.ResponseWriter, path, body, state string) {
	number, err := strconv.Atoi(path[strings.LastIndexByte(path, '/')+1:])
	if err != nil || number < 1 || number > len(f.posts) {
		http.Error(w, "there is no "+path, http.StatusNotFound)
		return
	}
	kind := "issue"
	if f.posts[number-1].comment {
		kind = "comment"
	}
	if state != "" {
		f.posts[number-1].State = state
		kind = state + " " + kind
	}
	f.done = append(f.done, fmt.Sprintf("%s %d", kind, number))
	f.write(w, number-1, body)
}

func (f *forge) editPull(w http.ResponseWriter, path, title, body string) {
	number, err := strconv.Atoi(strings.TrimPrefix(path, "/pulls/"))
	if err != nil || number < 1 || number > len(f.pulls) {
		http.Error(w, "there is no "+path, http.StatusNotFound)
		return
	}
	p := &f.pulls[number-1]
	p.title, p.body = title, body
	f.done, f.last = append(f.done, fmt.Sprintf("refreshed pull request %d", number)), title+"\n"+body
	answer(w, f.pull(number-1))
}

func (f *forge) write(w http.ResponseWriter, at int, body string) {
	f.posts[at].Body, f.last = body, body
	f.posts[at].Address = fmt.Sprintf("https://github.com/%s/issues/%d", repository, f.posts[at].Number)
	answer(w, f.posts[at])
}

// graphQL answers what `gh pr list` and `gh pr create` ask.
func (f *forge) graphQL(w http.ResponseWriter, query string, variables map[string]any) {
	text := func(values any, name string) string {
		object, _ := values.(map[string]any)
		value, _ := object[name].(string)
		return value
	}
	switch {
	case strings.Contains(query, "createPullRequest("):
		in := variables["input"]
		p := pull{text(in, "baseRefName"), text(in, "headRefName"), text(in, "title"), text(in, "body")}
		f.pulls = append(f.pulls, p)
		f.done, f.last = append(f.done, "pull request "+p.base+" <- "+p.head), p.title+"\n"+p.body
		data(w, map[string]any{"createPullRequest": map[string]any{"pullRequest": f.pull(len(f.pulls) - 1)}})
	case strings.Contains(query, "pullRequests("):
		nodes := []any{}
		for i, p := range f.pulls {
			if head := text(variables, "headBranch") + text(variables, "headRefName"); head == p.head {
				nodes = append(nodes, f.pull(i))
			}
		}
		data(w, map[string]any{"repository": map[string]any{"pullRequests": map[string]any{
			"totalCount": len(nodes), "nodes": nodes, "pageInfo": map[string]any{"hasNextPage": false},
		}}})
	case strings.Contains(query, "query RepositoryInfo("):
		owner, name, _ := strings.Cut(repository, "/")
		data(w, map[string]any{"repository": map[string]any{
			"id": "R_1", "name": name, "owner": map[string]any{"login": owner}, "viewerPermission": "WRITE",
			"defaultBranchRef": map[string]any{"name": "main"}, "parent": nil,
		}})
	default:
		f.refuse(w, query)
	}
}

func (f *forge) refuse(w http.ResponseWriter, question string) {
	f.unknown = append(f.unknown, question)
	http.Error(w, "the imitation of GitHub does not know "+question, http.StatusNotImplemented)
}

func (f *forge) pull(at int) map[string]any {
	return map[string]any{
		"id": "PR_" + strconv.Itoa(at+1), "number": at + 1,
		"url":         fmt.Sprintf("https://github.com/%s/pull/%d", repository, at+1),
		"headRefName": f.pulls[at].head, "baseRefName": f.pulls[at].base, "state": "OPEN",
	}
}

func data(w http.ResponseWriter, value any) { answer(w, map[string]any{"data": value}) }

func answer(w http.ResponseWriter, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // a reader that has gone fails by itself
}
