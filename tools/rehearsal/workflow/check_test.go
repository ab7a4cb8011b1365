package workflow

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: the workflows of this repository keep to the rules.
func TestWorkflows(t *testing.T) {
	problems, err := Check("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
}

const good = `name: x
on: workflow_dispatch
permissions: {}
jobs:
  a:
    runs-on: ubuntu-24.04
    permissions: {contents: read}
    strategy:
      matrix:
        part: [verify, test]
    env:
      PART: ${{ matrix.part }}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - uses: pulumi/actions@8e5e406f4007fca908480587cb9893c07090f58d # v7.0.0
        with: {pulumi-version: 3.263.0}
      - run: make "$PART"
      - run: make up STAGE="$STAGE" PULUMI_FLAGS="--yes"
      - run: bin/mejan status
`

// Promise: each breach of a rule is found and named: an action that can be moved, rights that are not listed, a stranger's
// text in a shell, commands that do not exist, logic in YAML, and a mistake that actionlint knows.
func TestCheck(t *testing.T) {
	for name, tt := range map[string]struct{ old, replaced, want string }{
		"good":                   {},
		"action by tag":          {"@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", `"actions/checkout@v7" is not an action by its commit`},
		"action without version": {" # v7.0.1", "", "with its version as a comment"},
		"short commit":           {"3d3c42e5aac5ba805825da76410c181273ba90b1", "3d3c42e", "is not an action by its commit"},
		"rights for all":         {"permissions: {}\n", "permissions: {contents: write}\n", "`permissions: {}` at the top is missing"},
		"no rights at the top":   {"permissions: {}\n", "", "`permissions: {}` at the top is missing"},
		"no rights of a job":     {"    permissions: {contents: read}\n", "", "job a does not list its permissions"},
		"all rights of a job":    {"{contents: read}", "write-all", "job a does not list its permissions"},
		"a stranger's request":   {"on: workflow_dispatch", "on: pull_request_target", "what a stranger wrote"},
		"injection":              {`STAGE="$STAGE"`, `STAGE=${{ github.head_ref }}`, "an expression within run is pasted into the shell"},
		"unknown target":         {"make up", "make upp", "line 18: make has no target upp"},
		"unknown of a matrix":    {"[verify, test]", "[verify, tests]", "make has no target tests"},
		"unknown command":        {"mejan status", "mejan stauts", "mejan has no command stauts"},
		"another Pulumi":         {"3.263.0}", "3.200.0}", "pulumi-version is not 3.263.0"},
		"two commands":           {"bin/mejan status", "bin/mejan status && make up", "is more than one command"},
		"another program":        {"bin/mejan status", "aws s3 ls", "is neither a make target nor a command of mejan"},
		"no such key":            {"runs-on", "run-on", `"runs-on" section is missing`},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			write := func(path, text string) {
				t.Helper()
				path = filepath.Join(root, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write(Folder+"/x.yaml", strings.Replace(good, tt.old, tt.replaced, 1))
			write("Makefile", "verify: ## x\ntest:\nup: pulumi\n")
			write("platform/go.mod", "require (\n\tgithub.com/pulumi/pulumi/sdk/v3 v3.263.0\n)\n")
			write("cli/status.go", "\tc := &cobra.Command{\n\t\tUse:   \"status [STAGE]\",\n")
			problems, err := Check(root)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(problems, "\n"); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}
