package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// release is what a report says of platform/releases/<stage>.json.
type release struct {
	Source       string            `json:"source"`
	Platform     string            `json:"platform"`
	Go           string            `json:"go"`
	PromotedFrom string            `json:"promoted_from"`
	Hold         string            `json:"hold"`
	Time         time.Time         `json:"time"`
	Images       map[string]string `json:"images"`
	Sizes        map[string]int64  `json:"sizes"`
}

func releaseFile(stage string) string { return "platform/releases/" + stage + ".json" }

// releaseAt reads the release of a stage as a commit has it; nil if it has none.
func releaseAt(ctx context.Context, root, commit, stage string) (*release, error) {
	if listed, err := git(ctx, root, "ls-tree", "--name-only", commit, releaseFile(stage)); err != nil || listed == "" {
		return nil, err
	}
	text, err := git(ctx, root, "show", commit+":"+releaseFile(stage))
	if err != nil {
		return nil, err
	}
	var r release
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return nil, fmt.Errorf("read %s at %s: %w", releaseFile(stage), commit, err)
	}
	return &r, nil
}

// summary says what a stage's release is, and what is new in it. In a workflow it goes to the page of the run.
func summary(ctx context.Context, o options) error {
	if o.stage == "" {
		return fmt.Errorf("%w: summary needs -stage", errUsage)
	}
	text, err := describe(ctx, o.root, o.stage)
	if err != nil {
		return err
	}
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		_, err := os.Stdout.WriteString(text)
		return err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

func describe(ctx context.Context, root, stage string) (string, error) {
	now, err := releaseAt(ctx, root, "HEAD", stage)
	if err != nil {
		return "", err
	}
	if now == nil {
		return fmt.Sprintf("## Stage %s has no release\n", stage), nil
	}
	before, err := releaseBefore(ctx, root, stage, now)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "## Release of %s: commit %.12s\n\n", stage, now.Source)
	if now.Hold != "" {
		fmt.Fprintf(&b, "**Held:** %s\n\n", now.Hold)
	}
	from := ""
	if now.PromotedFrom != "" {
		from = ", promoted from " + now.PromotedFrom
	}
	fmt.Fprintf(&b, "%s, %s, since %s%s.\n\n", now.Platform, now.Go, now.Time.Format(time.RFC3339), from)
	b.WriteString("| function | image | MB |\n|---|---|---|\n")
	for _, function := range slices.Sorted(maps.Keys(now.Images)) {
		fmt.Fprintf(&b, "| %s | `%s` | %.1f |\n", function, now.Images[function], float64(now.Sizes[function])/1e6)
	}
	if before == nil {
		b.WriteString("\nIt is the first release of the stage.\n")
		return b.String(), nil
	}
	// Not the commits of releases, which change no image.
	commits, err := git(ctx, root, "log", "--oneline", "--no-decorate", before.Source+".."+now.Source, "--",
		".", ":(exclude)platform/releases")
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "\nThe release before was of commit %.12s.", before.Source)
	if commits != "" {
		fmt.Fprintf(&b, " New since then:\n\n%s", quote(commits))
	} else {
		b.WriteString(" No commit is new.\n")
	}
	entries, err := entriesBetween(ctx, root, before.Source, now.Source)
	if err != nil {
		return "", err
	}
	if len(entries) > 0 {
		fmt.Fprintf(&b, "\nNew in the changelog:\n\n%s\n", strings.Join(entries, "\n"))
	}
	return b.String(), nil
}

// releaseBefore is the last release of the stage that had other images; nil if there is none.
func releaseBefore(ctx context.Context, root, stage string, now *release) (*release, error) {
	commits, err := git(ctx, root, "log", "--format=%H", "HEAD", "--", releaseFile(stage))
	if err != nil {
		return nil, err
	}
	for commit := range strings.FieldsSeq(commits) {
		earlier, err := releaseAt(ctx, root, commit, stage)
		if err != nil {
			return nil, err
		}
		if earlier != nil && earlier.Source != now.Source {
			return earlier, nil
		}
	}
	return nil, nil
}

func git(ctx context.Context, root string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "git", args...)
	command.Dir = root
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		// As text: the exit code of a report is that of its command, and not of git.
		return "", fmt.Errorf("git %s: %s\n%s", strings.Join(args, " "), err.Error(), stderr.Bytes())
	}
	return strings.TrimRight(stdout.String(), "\n"), nil
}
