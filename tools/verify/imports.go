package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

const module = "github.com/mejan/mejan/"

// importRule forbids packages to reach others, directly or through any number of imports. A path that ends in `/...`
// stands for a folder and all below it.
type importRule struct {
	from  string
	never []string
	why   string
}

// standardOnly forbids every package outside the standard library.
const standardOnly = "anything but the standard library"

func importRules() []importRule {
	pipeline := module + "functions/pipeline"
	above := []string{module + "platform/...", module + "local/...", module + "cli/..."}
	objects := pipeline + "/objects/..."
	outward := []string{pipeline + "/bus/...", pipeline + "/mail/...", pipeline + "/narrator/..."}
	sigstore := []string{"github.com/sigstore/...", module + "cli/sigstore/..."}
	adapters := append([]string{objects, pipeline + "/analyses/..."}, outward...)
	return []importRule{
		{
			from: pipeline, never: []string{standardOnly},
			why: "everything depends on the contract, so it may depend on nothing",
		},
		{
			from:  module + "functions/ingestor/...",
			never: []string{pipeline + "/mail/...", pipeline + "/narrator/...", pipeline + "/analyses/..."},
			why:   "the ingestor knows objects and the bus, and its binary carries no other client",
		},
		{
			from: module + "functions/analyzer/...", never: []string{pipeline + "/mail/..."},
			why: "the item is the outbox; the analyzer never mails",
		},
		{
			from: module + "functions/notifier/...", never: []string{pipeline + "/narrator/...", pipeline + "/bus/..."},
			why: "the notifier says what the item says and asks nobody",
		},
		{
			from: module + "functions/...", never: above,
			why: "what runs on AWS does not know how it is provisioned, imitated or operated",
		},
		{
			from: module + "platform/...", never: append([]string{module + "local/...", module + "cli/..."}, adapters...),
			why: "the program names resources and calls no AWS API of its own",
		},
		{
			from: module + "local/...", never: []string{module + "cli/..."},
			why: "the command starts the cloud, not the other way round",
		},
		{
			from:  module + "cli",
			never: slices.Concat([]string{"github.com/aws/...", "github.com/pulumi/..."}, sigstore, adapters),
			why:   "mejan itself is light: what needs an SDK is in a program beside it, which it starts",
		},
		{
			from: module + "cli/aws", never: append([]string{module + "local/...", "github.com/pulumi/..."}, sigstore...),
			why: "building images and asking AWS must not wait for the compilation of the local cloud, of the Pulumi SDK and " +
				"of Sigstore",
		},
		{
			from: module + "cli/cloud", never: sigstore,
			why: "the local cloud verifies no signature; what does is a program beside it, 26 MB in size",
		},
		{
			from: module + "cli/sign",
			never: []string{
				module + "local/...", "github.com/pulumi/...", "github.com/google/go-containerregistry/pkg/v1/remote/...",
			},
			why: "the program that signs gets digests and gives bundles; what talks to a registry is another one",
		},
		{
			from: module + "cli/...", never: outward,
			why: "the command takes the contract, the functions' domain packages, and of the adapters objects and analyses " +
				"alone: replay and smoke upload as an uploader does, and smoke reads what was stored",
		},
	}
}

// importsFind looks at what is compiled into programs; tests may import what they need.
func importsFind(ctx context.Context, repo *repository) []string {
	text, err := repo.output(ctx, ".", workspace, "go", "list", "-deps", "-json=ImportPath,Standard,Imports", "work")
	if err != nil {
		return []string{err.Error()}
	}
	graph, err := readGraph(text)
	if err != nil {
		return []string{err.Error()}
	}
	return graph.violations(importRules())
}

// listed is a package as go list tells it.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

// graph has every package by its import path.
type graph map[string]listed

func readGraph(text []byte) (graph, error) {
	all := graph{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read go list: %w", err)
		}
		all[p.ImportPath] = p
	}
}

func (g graph) violations(rules []importRule) []string {
	var problems []string
	for _, rule := range rules {
		for _, from := range slices.Sorted(maps.Keys(g)) {
			if !within(from, rule.from) {
				continue
			}
			if path := g.search(from, rule); path != nil {
				problems = append(problems, fmt.Sprintf("%s\n  because %s", strings.Join(path, "\n  → "), rule.why))
			}
		}
	}
	return problems
}

// search finds a shortest way from a package to one that the rule forbids; nil where there is none.
func (g graph) search(from string, rule importRule) []string {
	ways := [][]string{{from}}
	seen := map[string]bool{from: true}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		for _, next := range g[way[len(way)-1]].Imports {
			if seen[next] {
				continue
			}
			seen[next] = true
			longer := append(slices.Clone(way), next)
			if g.forbids(rule, next) {
				return longer
			}
			ways = append(ways, longer)
		}
	}
	return nil
}

func (g graph) forbids(rule importRule, path string) bool {
	for _, pattern := range rule.never {
		if pattern == standardOnly && !g[path].Standard || within(path, pattern) {
			return true
		}
	}
	return false
}

func within(path, pattern string) bool {
	folder, deep := strings.CutSuffix(pattern, "/...")
	return path == folder || deep && strings.HasPrefix(path, folder+"/")
}
