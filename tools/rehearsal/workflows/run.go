package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rhysd/actionlint"

	"github.com/mejan/mejan/tools/rehearsal/workflow"
)

// vars are the variables that docs/release.md tells to set.
var vars = map[string]any{
	"STAGES": `["dev","uat","prod"]`, "PULUMI_BACKEND_URL": "s3://acme-pulumi-state", "AWS_REGION": "us-east-1",
	"PREVIEW_ROLE": "arn:aws:iam::123456789012:role/preview", "PROMOTE_ROLE": "arn:aws:iam::123456789012:role/promote",
	"DEPLOY_ROLE": "arn:aws:iam::123456789012:role/deploy",
}

// rehearse runs a scenario and looks at what came of it.
func (w *world) rehearse(ctx context.Context, s scenario, out io.Writer) error {
	if err := w.prepare(ctx, s.before); err != nil {
		return err
	}
	parsed, err := workflow.Read(w.tree, s.workflow)
	if err != nil {
		return err
	}
	jobs, err := workflow.Jobs(parsed, workflow.Values{
		"inputs": s.inputs, "vars": vars, "github": map[string]any{
			"actor": "octocat", "actor_id": "1", "token": "token", "repository": repository, "ref": "refs/heads/main",
			"ref_name": "main", "run_id": "42", "server_url": "https://github.com", "event_name": s.event,
			"event": map[string]any{"pull_request": map[string]any{
				"number": "7", "head": map[string]any{"repo": map[string]any{"full_name": repository}},
			}},
		},
	})
	if err != nil {
		return err
	}
	failed, ran := false, false
	for _, job := range jobs {
		if s.job != "" && job.ID.Value != s.job {
			continue
		}
		broke, err := w.runJob(ctx, job, out)
		if err != nil {
			return err
		}
		failed, ran = failed || broke, true
	}
	if !ran {
		return errors.New("no job runs")
	}
	if failed != s.fails {
		return fmt.Errorf("a step failed: %t; want %t", failed, s.fails)
	}
	return w.verify(ctx, s.want)
}

// runJob runs the steps of a job in a fresh clone. It reports whether one failed.
func (w *world) runJob(ctx context.Context, job workflow.Job, out io.Writer) (failed bool, err error) {
	folder, err := w.checkout(ctx)
	if err != nil {
		return false, err
	}
	env, err := job.Values.Env(job.Env)
	if err != nil {
		return false, err
	}
	stage := stageOf(env)
	if err := w.startCloud(ctx, stage); err != nil {
		return false, err
	}
	env = slices.Concat(w.env(stage), env)
	steps := map[string]any{}
	for _, step := range job.Steps {
		job.Values["steps"], job.Values[workflow.Failed] = steps, failed
		wanted, err := job.Values.Condition(step.If)
		if err != nil {
			return false, err
		}
		outcome := "skipped"
		if wanted {
			if outcome, err = w.runStep(ctx, step, job.Values, folder, env, out); err != nil {
				return false, err
			}
		}
		if step.ID != nil {
			steps[step.ID.Value] = map[string]any{"outcome": outcome}
		}
		failed = failed || outcome == "failure"
	}
	return failed, nil
}

// stageOf is the stage that a job acts on.
func stageOf(env []string) string {
	for _, name := range []string{"TO=", "STAGE="} {
		for _, variable := range env {
			if stage, found := strings.CutPrefix(variable, name); found {
				return stage
			}
		}
	}
	return "dev"
}

// runStep runs one step and returns its outcome.
func (w *world) runStep(
	ctx context.Context, step *actionlint.Step, values workflow.Values, folder string, env []string, out io.Writer,
) (string, error) {
	run, ok := step.Exec.(*actionlint.ExecRun)
	if !ok {
		return "success", checkAction(step, values)
	}
	command := strings.TrimSpace(run.Run.Value)
	own, err := values.Env(step.Env)
	if err != nil {
		return "", err
	}
	begun := time.Now()
	// As GitHub starts a step that names no shell.
	bash := exec.CommandContext(ctx, "bash", "-e", "-c", command)
	bash.Dir, bash.Env = folder, slices.Concat(env, own)
	output, err := bash.CombinedOutput()
	outcome := "success"
	if err != nil {
		outcome = "failure"
	}
	fmt.Fprintf(out, "   %-70s %s, %.1f s\n", command, outcome, time.Since(begun).Seconds())
	w.said = string(output)
	if err != nil {
		fmt.Fprintf(out, "      %s\n", strings.ReplaceAll(strings.TrimSpace(w.said), "\n", "\n      "))
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", err
	}
	return outcome, os.WriteFile(filepath.Join(w.scratch, "last-step"), output, 0o600)
}

// checkAction looks at a step that is an action, which is not run: a role that is empty would take none.
func checkAction(step *actionlint.Step, values workflow.Values) error {
	action := step.Exec.(*actionlint.ExecAction)
	if role := action.Inputs["role-to-assume"]; role != nil {
		value, err := values.Interpolate(role.Value.Value)
		if err != nil || value == "" {
			return fmt.Errorf("role %s is empty: %w", role.Value.Value, err)
		}
	}
	return nil
}
