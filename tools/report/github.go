package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// post is a comment or an issue as GitHub tells it.
type post struct {
	ID      int64  `json:"id"`
	Number  int    `json:"number"`
	Body    string `json:"body"`
	Address string `json:"html_url"`
	// PullRequest is set for a pull request, which GitHub lists among the issues.
	PullRequest *struct{} `json:"pull_request"`
}

// comment runs a command and shows its output in a section of one comment of a pull request. Its result is that of the
// command.
func comment(ctx context.Context, o options) error {
	output, result := execute(ctx, o)
	list := fmt.Sprintf("repos/{owner}/{repo}/issues/%d/comments", o.pull)
	found, err := findPage(ctx, o.root, list, "preview")
	if err != nil {
		return err
	}
	p := page{name: "preview", heading: "## " + o.title}
	if found != nil {
		p = parsePage(p.name, p.heading, found.Body)
	}
	p.put(o.section, "### "+o.section+verdict(result)+"\n\n"+quote(output))
	method, path := "POST", list
	if found != nil {
		method, path = "PATCH", fmt.Sprintf("repos/{owner}/{repo}/issues/comments/%d", found.ID)
	}
	written, err := send(ctx, o.root, method, path, map[string]any{"body": p.String()})
	if err != nil {
		return errors.Join(err, result)
	}
	fmt.Fprintln(os.Stderr, "comment:", written.Address)
	return result
}

// issue runs a command. If it fails, one open issue has a section that shows the output; if not, that section goes, and
// with the last section the issue is closed. The result is that of the command.
func issue(ctx context.Context, o options) error {
	output, result := execute(ctx, o)
	found, err := findPage(ctx, o.root, "repos/{owner}/{repo}/issues?state=open", "drift")
	if err != nil {
		return errors.Join(err, result)
	}
	p := page{name: "drift", heading: "A nightly check found differences. Each line names the command that mends it. " +
		"The issue is closed when there are none."}
	if found != nil {
		p = parsePage(p.name, p.heading, found.Body)
	}
	if result != nil {
		p.put(o.section, "## "+o.section+"\n\n"+quote(output))
	} else {
		p.drop(o.section)
	}
	fields := map[string]any{"title": o.title, "body": p.String()}
	method, path := "POST", "repos/{owner}/{repo}/issues"
	switch {
	case found == nil && len(p.sections) == 0:
		return nil
	case found != nil:
		method, path = "PATCH", fmt.Sprintf("repos/{owner}/{repo}/issues/%d", found.Number)
		if len(p.sections) == 0 {
			fields["state"] = "closed"
		}
	}
	written, err := send(ctx, o.root, method, path, fields)
	if err != nil {
		return errors.Join(err, result)
	}
	fmt.Fprintln(os.Stderr, "issue:", written.Address)
	return result
}

func verdict(result error) string {
	if result != nil {
		return ": failed"
	}
	return ""
}

// execute runs the command at the root of the repository. What it prints is shown and returned.
func execute(ctx context.Context, o options) (string, error) {
	var output bytes.Buffer
	command := exec.CommandContext(ctx, o.command[0], o.command[1:]...)
	command.Dir = o.root
	command.Stdout, command.Stderr = io.MultiWriter(os.Stdout, &output), io.MultiWriter(os.Stderr, &output)
	err := command.Run()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		fmt.Fprintln(&output, err)
	}
	return output.String(), err
}

// findPage looks for the post that is the page of this name; nil if there is none.
func findPage(ctx context.Context, root, list, name string) (*post, error) {
	join := "?"
	if strings.Contains(list, "?") {
		join = "&"
	}
	answer, err := gh(ctx, root, nil, "api", "--paginate", list+join+"per_page=100")
	if err != nil {
		return nil, err
	}
	// gh prints one array for each page of the list.
	for decoder := json.NewDecoder(bytes.NewReader(answer)); ; {
		var posts []post
		if err := decoder.Decode(&posts); errors.Is(err, io.EOF) {
			return nil, nil
		} else if err != nil {
			return nil, fmt.Errorf("decode the answer of gh: %w", err)
		}
		for _, p := range posts {
			if p.PullRequest == nil && isPage(name, p.Body) {
				return &p, nil
			}
		}
	}
}

// send makes or changes a post.
func send(ctx context.Context, root, method, path string, fields map[string]any) (*post, error) {
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	answer, err := gh(ctx, root, body, "api", "--method", method, path, "--input", "-")
	if err != nil {
		return nil, err
	}
	var written post
	if err := json.Unmarshal(answer, &written); err != nil {
		return nil, fmt.Errorf("decode the answer of gh: %w", err)
	}
	return &written, nil
}

// gh asks GitHub. gh knows the repository by the remote of the clone, or by GH_REPO, and the login by GH_TOKEN.
func gh(ctx context.Context, root string, stdin []byte, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "gh", args...)
	command.Dir, command.Stdin = root, bytes.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("gh, which asks GitHub, is missing: install it from https://cli.github.com")
	}
	if err != nil {
		// As text: the exit code of a report is that of its command, and not of gh.
		return nil, fmt.Errorf("gh %s: %s; if it wants a login: gh auth login\n%s%s",
			strings.Join(args, " "), err.Error(), stdout.Bytes(), stderr.Bytes())
	}
	return stdout.Bytes(), nil
}
