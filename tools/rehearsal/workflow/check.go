package workflow

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// Check says what is wrong with the workflows of a checkout: what actionlint finds, and what breaks a rule of this
// repository.
func Check(root string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(root, Folder, "*.y*ml"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no workflow in %s: %w", filepath.Join(root, Folder), err)
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: root})
	if err != nil {
		return nil, err
	}
	found, err := linter.LintFiles(paths, nil)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, f := range found {
		problems = append(problems, f.Error())
	}
	known, err := readCommands(root)
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		name := filepath.Base(path)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		for _, problem := range checkOne(text, known) {
			problems = append(problems, name+": "+problem)
		}
	}
	return problems, nil
}

// checkOne holds one workflow against the rules. What cannot be read is actionlint's to report.
func checkOne(text []byte, known *commands) []string {
	problems := checkActions(text)
	w, _ := actionlint.Parse(text)
	if w == nil {
		return problems
	}
	if p := w.Permissions; p == nil || p.All != nil || len(p.Scopes) > 0 {
		problems = append(problems, "`permissions: {}` at the top is missing: each job asks for what it needs")
	}
	for _, event := range w.On {
		if name := event.EventName(); name == "pull_request_target" || name == "workflow_run" {
			problems = append(problems, name+" runs with the rights of the repository on what a stranger wrote")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.Jobs)) {
		job := w.Jobs[id]
		if job.Permissions == nil || job.Permissions.All != nil {
			problems = append(problems, "job "+id+" does not list its permissions")
		}
		for _, step := range job.Steps {
			var found []string
			switch exec := step.Exec.(type) {
			case *actionlint.ExecRun:
				found = checkRun(exec.Run.Value, job, known)
			case *actionlint.ExecAction:
				found = checkPulumi(exec, known)
			}
			for _, problem := range found {
				problems = append(problems, fmt.Sprintf("job %s, line %d: %s", id, step.Pos.Line, problem))
			}
		}
	}
	return problems
}

var (
	action = regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(.*)$`)
	pinned = regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$`)
)

// checkActions wants each action by its commit, which cannot be moved as a tag can, and its version for the reader.
func checkActions(text []byte) []string {
	var problems []string
	for _, match := range action.FindAllSubmatch(text, -1) {
		if !pinned.Match(match[1]) {
			problems = append(problems, fmt.Sprintf("%q is not an action by its commit with its version as a comment", match[1]))
		}
	}
	return problems
}

// checkPulumi wants the CLI of the SDK's version, so that both move together.
func checkPulumi(action *actionlint.ExecAction, known *commands) []string {
	if !strings.HasPrefix(action.Uses.Value, "pulumi/actions@") {
		return nil
	}
	if version := action.Inputs["pulumi-version"]; version == nil || version.Value.Value != known.pulumi {
		return []string{"pulumi-version is not " + known.pulumi + ", that of the SDK in platform/go.mod"}
	}
	return nil
}

// checkRun wants one command that works on a laptop as well. What comes from outside reaches it by its environment: an
// expression would be pasted into the shell, so the name of a branch could run any command.
func checkRun(run string, job *actionlint.Job, known *commands) []string {
	run = strings.TrimSpace(run)
	switch {
	case strings.Contains(run, "${{"):
		return []string{"an expression within run is pasted into the shell; pass it by env"}
	case strings.ContainsAny(run, "\n;&|"):
		return []string{fmt.Sprintf("%q is more than one command; what needs logic is a program", run)}
	case slices.Contains(installs, run):
		return nil
	}
	words := strings.Fields(run)
	switch {
	case words[0] == "make" && len(words) > 1:
		var problems []string
		for _, target := range targets(words[1], job) {
			if !known.hasTarget(target) {
				problems = append(problems, "make has no target "+target)
			}
		}
		return problems
	case words[0] == "bin/mejan" && len(words) > 1:
		if !slices.Contains(known.mejan, words[1]) {
			return []string{"mejan has no command " + words[1]}
		}
		return nil
	}
	return []string{fmt.Sprintf("%q is neither a make target nor a command of mejan", run)}
}

// installs are the commands that put a program onto the machine, as the documents have them.
var installs = []string{"pip install 'moto[server]==5.2.1'"}

// targets is what a word of a make command stands for: itself, or the values that a matrix gives to a variable.
func targets(word string, job *actionlint.Job) []string {
	name, isVariable := strings.CutPrefix(strings.Trim(word, `"`), "$")
	if !isVariable {
		return []string{word}
	}
	var found []string
	for _, variable := range job.Env.Vars {
		row := strings.TrimSuffix(strings.TrimPrefix(variable.Value.Value, "${{ matrix."), " }}")
		if variable.Name.Value == name && job.Strategy != nil && job.Strategy.Matrix.Rows[row] != nil {
			for _, value := range job.Strategy.Matrix.Rows[row].Values {
				found = append(found, strings.Trim(value.String(), `"`))
			}
		}
	}
	if found == nil {
		return []string{word}
	}
	return found
}
