package main

import (
	"context"
	"fmt"
	"strings"
)

// changelogFile is where people read what a release brings them.
const changelogFile = "CHANGELOG.md"

// changelog refuses a promotion without an entry: CHANGELOG.md must say something at the commit of the
// promoted release that it did not say at the commit which the stage runs.
func changelog(ctx context.Context, o options) error {
	if o.from == "" || o.to == "" {
		return fmt.Errorf("%w: changelog needs -from and -to", errUsage)
	}
	promoted, err := releaseAt(ctx, o.root, "HEAD", o.from)
	if err != nil {
		return err
	}
	if promoted == nil {
		return fmt.Errorf("stage %s has no release to promote: make promote FROM=%s TO=%s says how to make one",
			o.from, o.from, o.to)
	}
	running, err := releaseAt(ctx, o.root, "HEAD", o.to)
	if err != nil {
		return err
	}
	since := emptyTree
	if running != nil {
		if running.Source == promoted.Source {
			return nil
		}
		since = running.Source
	}
	entries, err := entriesBetween(ctx, o.root, since, promoted.Source)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return fmt.Errorf("%s has no entry between %.12s, which %s runs, and %.12s: say under Unreleased what the release "+
			"brings, commit, and build again: make images STAGE=dev", changelogFile, since, o.to, promoted.Source)
	}
	fmt.Println(strings.Join(entries, "\n"))
	return nil
}

// emptyTree is git's name for a tree without files.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// entriesBetween is the entries of the changelog that a commit has and an earlier one has not, each a line that begins
// a list item and those that continue it.
func entriesBetween(ctx context.Context, root, before, after string) ([]string, error) {
	diff, err := git(ctx, root, "diff", "--unified=0", "--no-color", before, after, "--", changelogFile)
	if err != nil {
		return nil, err
	}
	var entries []string
	inside := false
	for line := range strings.SplitSeq(diff, "\n") {
		added, isAdded := strings.CutPrefix(line, "+")
		switch {
		case !isAdded || strings.HasPrefix(line, "+++"):
			inside = false
		case strings.HasPrefix(added, "- "):
			inside = true
			entries = append(entries, added)
		case inside && strings.HasPrefix(added, "  "):
			entries = append(entries, added)
		default:
			inside = false
		}
	}
	return entries, nil
}
