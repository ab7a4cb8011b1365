// Package workflow reads the workflows in .github/workflows as far as this repository uses them: it checks them, and
// says which commands a run of one would start, with which environment.
package workflow

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// Folder is where workflows are, from the root of the repository.
const Folder = ".github/workflows"

// Read reads one workflow, such as release.
func Read(root, name string) (*actionlint.Workflow, error) {
	path := filepath.Join(root, Folder, name+".yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	w, wrong := actionlint.Parse(text)
	var problems []error
	for _, problem := range wrong {
		problems = append(problems, problem)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return w, nil
}

// Job is one run of a job: of a matrix, one of its combinations.
type Job struct {
	*actionlint.Job
	// Values is what expressions of the job may name.
	Values Values
}

// Jobs lists the runs of the jobs that a workflow starts, in the order of their names. A job whose condition is false
// is left out.
func Jobs(w *actionlint.Workflow, values Values) ([]Job, error) {
	var all []Job
	names := make([]string, 0, len(w.Jobs))
	for name := range w.Jobs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		job := w.Jobs[name]
		wanted, err := values.Condition(job.If)
		if err != nil {
			return nil, fmt.Errorf("job %s: %w", name, err)
		}
		if !wanted {
			continue
		}
		combinations, err := matrix(job, values)
		if err != nil {
			return nil, fmt.Errorf("job %s: %w", name, err)
		}
		for _, combination := range combinations {
			all = append(all, Job{job, values.with("matrix", combination)})
		}
	}
	return all, nil
}

// matrix lists the combinations of a job's matrix. A job without one has one, which is empty.
func matrix(job *actionlint.Job, values Values) ([]map[string]any, error) {
	if job.Strategy == nil || job.Strategy.Matrix == nil {
		return []map[string]any{{}}, nil
	}
	m := job.Strategy.Matrix
	if len(m.Rows) != 1 || m.Include != nil || m.Exclude != nil || m.Expression != nil {
		return nil, errors.New("a matrix here is one list of values")
	}
	var all []map[string]any
	for name, row := range m.Rows {
		var list []any
		for _, value := range row.Values {
			scalar, ok := value.(*actionlint.RawYAMLString)
			if !ok {
				return nil, fmt.Errorf("matrix %s: %s is not a plain value", name, value)
			}
			list = append(list, scalar.Value)
		}
		if row.Expression != nil {
			value, err := values.Evaluate(strings.TrimSuffix(strings.TrimPrefix(row.Expression.Value, "${{"), "}}"))
			if err != nil {
				return nil, err
			}
			given, ok := value.([]any)
			if !ok {
				return nil, fmt.Errorf("matrix %s: %v is not a list", name, value)
			}
			list = given
		}
		for _, value := range list {
			all = append(all, map[string]any{name: value})
		}
	}
	return all, nil
}

// Env is the variables that an env block sets, each as `NAME=value`, sorted.
func (v Values) Env(env *actionlint.Env) ([]string, error) {
	if env == nil {
		return nil, nil
	}
	if env.Expression != nil {
		return nil, errors.New("an env block here is a list of variables")
	}
	var all []string
	for _, variable := range env.Vars {
		value, err := v.Interpolate(variable.Value.Value)
		if err != nil {
			return nil, fmt.Errorf("env %s: %w", variable.Name.Value, err)
		}
		all = append(all, variable.Name.Value+"="+value)
	}
	slices.Sort(all)
	return all, nil
}
