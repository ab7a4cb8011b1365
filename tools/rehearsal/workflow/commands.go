package workflow

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// commands are what the steps of a workflow may call.
type commands struct {
	// make are the targets of the Makefile, mejan the commands of bin/mejan.
	make, mejan []string
	// pulumi is the version of the Pulumi SDK.
	pulumi string
}

var (
	target     = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)
	ownCommand = regexp.MustCompile(`(?m)^\s*Use:\s+"([a-z]+)`)
	pulumiSDK  = regexp.MustCompile(`(?m)^\s*github\.com/pulumi/pulumi/sdk/v3 v(\S+)`)
	sibling    = regexp.MustCompile(`(?m)^\s*\{\w+Program, "([a-z]+)"`)
)

// readCommands reads the targets from the Makefile, and the commands from the source of mejan.
func readCommands(root string) (*commands, error) {
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		return nil, err
	}
	known := &commands{make: matches(target, text)}
	if text, err = os.ReadFile(filepath.Join(root, "platform", "go.mod")); err != nil {
		return nil, err
	}
	known.pulumi = strings.Join(matches(pulumiSDK, text), " ")
	sources, err := filepath.Glob(filepath.Join(root, "cli", "*.go"))
	if err != nil {
		return nil, err
	}
	for _, source := range sources {
		if text, err = os.ReadFile(source); err != nil {
			return nil, err
		}
		known.mejan = slices.Concat(known.mejan, matches(ownCommand, text), matches(sibling, text))
	}
	return known, nil
}

func matches(form *regexp.Regexp, text []byte) []string {
	var found []string
	for _, match := range form.FindAllSubmatch(text, -1) {
		found = append(found, string(match[1]))
	}
	return found
}

func (c *commands) hasTarget(name string) bool {
	return slices.Contains(c.make, name)
}
