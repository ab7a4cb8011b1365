package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// verify compares what came of a run with what a scenario wants, and forgets it.
func (w *world) verify(ctx context.Context, want want) error {
	var problems []error
	subject, err := git(ctx, w.origin, "log", "-1", "--format=%s", "main")
	if err != nil {
		return err
	}
	problems = append(problems, matches("the last commit on main", want.commit, subject))
	calls, err := w.take("pulumi.log")
	if err != nil {
		return err
	}
	problems = append(problems, each("calls of pulumi", want.pulumi, fields(calls)))
	summary, err := w.take("summary.md")
	if err != nil {
		return err
	}
	problems = append(problems, matches("the summary", want.summary, summary))
	done, post, err := w.github.taken()
	problems = append(problems, err, each("changes on GitHub", want.github, done),
		matches("the last post", want.post, post))
	return errors.Join(problems...)
}

// take reads a file of the world and removes it.
func (w *world) take(name string) (string, error) {
	path := filepath.Join(w.scratch, name)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return string(text), errors.Join(err, os.Remove(path))
}

func fields(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSpace(text), "\n")
}

// each compares a list with as many regular expressions.
func each(what string, want, got []string) error {
	if len(want) != len(got) {
		return fmt.Errorf("%s: %q, want %d that match %q", what, got, len(want), want)
	}
	var problems []error
	for i := range want {
		problems = append(problems, matches(what, want[i], got[i]))
	}
	return errors.Join(problems...)
}

func matches(what, want, got string) error {
	if !regexp.MustCompile(want).MatchString(got) || want == "" && got != "" {
		return fmt.Errorf("%s: %q does not match %q", what, got, want)
	}
	return nil
}
