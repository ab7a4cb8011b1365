package stack_test

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
)

// Promise: an image with the tag of a release stays for a rollback, for a thousand releases, however many builds follow.
// It is that tag alone which keeps it: the same image without it goes. What has no tag, such as a bill of materials, is
// never dropped on its own.
func TestLifecycleSparesReleases(t *testing.T) {
	const builds = 3500
	policies := 0
	for _, r := range run(t, committed(t, "dev"), exampleRelease("dev")) {
		if r.Type != "aws:ecr/lifecyclePolicy:LifecyclePolicy" {
			continue
		}
		policies++
		rules := rulesOf(t, r)
		var all, untagged []image
		for i := range builds {
			commit := fmt.Sprintf("%040x", i)
			tags := []string{commit}
			if i%3 == 0 {
				tags = append(tags, fmt.Sprintf("release-dev-%08d", i))
			}
			all = append(all, image{i, tags}, image{i, nil})
			untagged = append(untagged, image{i, []string{commit}}, image{i, nil})
		}
		var want, wantUntagged []int
		for i := range builds {
			released, newer := i%3 == 0, (builds-1-i)/3
			if (released && newer >= 1000) || (!released && i < builds-100) {
				want = append(want, i)
			}
			if i < builds-100 {
				wantUntagged = append(wantUntagged, i)
			}
		}
		if diff := gocmp.Diff(want, expired(rules, all)); diff != "" {
			t.Errorf("%s drops (-want +got):\n%s", r, diff)
		}
		if diff := gocmp.Diff(wantUntagged, expired(rules, untagged)); diff != "" {
			t.Errorf("without tags of releases, %s drops (-want +got):\n%s", r, diff)
		}
	}
	if policies != len(pipeline.Functions()) {
		t.Errorf("there are %d lifecycle policies, want one for each function", policies)
	}
}

// image is an image in a repository, by the order in which it was pushed.
type image struct {
	pushed int
	tags   []string
}

// rule is a rule of a lifecycle policy that counts tagged images.
type rule struct {
	priority, count int
	patterns        []string
}

// rulesOf reads the rules of a policy, and refuses kinds of rules that expired does not know.
func rulesOf(t *testing.T, r registration) []rule {
	t.Helper()
	var rules []rule
	policy, _ := r.Inputs["policy"].(map[string]any)
	all, _ := policy["rules"].([]any)
	for _, each := range all {
		fields, _ := each.(map[string]any)
		selection, _ := fields["selection"].(map[string]any)
		if selection["tagStatus"] != "tagged" || selection["countType"] != "imageCountMoreThan" {
			t.Fatalf("%s has a rule of an unknown kind: %v", r, selection)
		}
		next := rule{priority: number(fields["rulePriority"]), count: number(selection["countNumber"])}
		patterns, _ := selection["tagPatternList"].([]any)
		for _, pattern := range patterns {
			next.patterns = append(next.patterns, fmt.Sprint(pattern))
		}
		rules = append(rules, next)
	}
	slices.SortFunc(rules, func(a, b rule) int { return cmp.Compare(a.priority, b.priority) })
	if len(rules) == 0 {
		t.Fatalf("%s has no rules: %v", r, r.Inputs)
	}
	return rules
}

func number(v any) int {
	f, _ := v.(float64)
	return int(f)
}

// expired lists what ECR drops, by the rules of its user guide, "How lifecycle policies work": an image matches a rule
// if each pattern matches one of its tags; a rule drops the oldest that it matches beyond its count; an image that a rule
// of higher priority matches is dropped by none of lower priority, and still counts there.
func expired(rules []rule, all []image) []int {
	var dropped []int
	newest := slices.Clone(all)
	slices.SortStableFunc(newest, func(a, b image) int { return cmp.Compare(b.pushed, a.pushed) })
	for at, r := range rules {
		seen := 0
		for _, i := range newest {
			if !r.matches(i) {
				continue
			}
			seen++
			kept := slices.ContainsFunc(rules[:at], func(higher rule) bool { return higher.matches(i) })
			if seen > r.count && !kept {
				dropped = append(dropped, i.pushed)
			}
		}
	}
	slices.Sort(dropped)
	return dropped
}

func (r rule) matches(i image) bool {
	for _, pattern := range r.patterns {
		if !slices.ContainsFunc(i.tags, func(tag string) bool {
			matched, err := path.Match(pattern, tag)
			return err == nil && matched && !strings.Contains(tag, "/")
		}) {
			return false
		}
	}
	return true
}
