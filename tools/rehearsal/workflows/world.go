package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/mejan/mejan/tools/rehearsal/clone"
)

// repository is the one that the workflows belong to.
const repository = "acme/mejan"

// world is everything around a workflow.
type world struct {
	root, scratch string
	// tree is a fresh clone, which the local clouds run in, and origin is where the workflows push to.
	tree, origin string
	// certificates are those that programs trust, and proxy is how they reach GitHub and the registry.
	certificates, proxy string
	github              *forge
	// moto is the address of accounts and repositories, clouds the address of each stage's data, and lambda that of what
	// the stages run.
	moto, lambda string
	clouds       map[string]string
	// said is what the last step printed.
	said      string
	checkouts int
	closers   []func()
}

func newWorld(ctx context.Context, root string) (_ *world, err error) {
	scratch, err := os.MkdirTemp("", "mejan-workflows-")
	if err != nil {
		return nil, err
	}
	w := &world{
		root: root, scratch: scratch,
		tree: filepath.Join(scratch, "tree"), origin: filepath.Join(scratch, "github", repository),
		clouds: map[string]string{}, github: &forge{}, closers: []func(){func() { os.RemoveAll(scratch) }},
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if err := clone.Make(ctx, root, w.tree); err != nil {
		return nil, err
	}
	if _, err := git(ctx, w.tree, "switch", "--quiet", "-C", "main"); err != nil {
		return nil, err
	}
	if _, err := git(ctx, w.tree, "clone", "--quiet", "--bare", w.tree, w.origin); err != nil {
		return nil, err
	}
	for _, args := range [][]string{{"remote", "remove", "origin"}, {"config", "http.receivepack", "true"}} {
		if _, err := git(ctx, w.origin, args...); err != nil {
			return nil, err
		}
	}
	if err := w.stubPulumi(); err != nil {
		return nil, err
	}
	if err := w.startInternet(ctx); err != nil {
		return nil, err
	}
	w.startLambda()
	if err := w.startMoto(ctx); err != nil {
		return nil, err
	}
	return w, nil
}

// close stops what was started, the last thing first.
func (w *world) close() {
	for i := len(w.closers) - 1; i >= 0; i-- {
		w.closers[i]()
	}
}

// checkout is what the action of that name does.
func (w *world) checkout(ctx context.Context) (string, error) {
	w.checkouts++
	folder := filepath.Join(w.scratch, fmt.Sprintf("run-%d", w.checkouts))
	if _, err := git(ctx, w.scratch, "clone", "--quiet", w.origin, folder); err != nil {
		return "", err
	}
	_, err := git(ctx, folder, "remote", "set-url", "origin", "https://"+gitHost+"/"+repository)
	return folder, err
}

// env is the environment of the steps of a job that acts on a stage, before the job's own variables.
func (w *world) env(stage string) []string {
	env := clone.Environment(os.Environ())
	for i, variable := range env {
		if path, found := strings.CutPrefix(variable, "PATH="); found {
			env[i] = "PATH=" + filepath.Join(w.scratch, "bin") + string(os.PathListSeparator) + path
		}
	}
	return append(env,
		"CI=true", "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+filepath.Join(w.scratch, "summary.md"),
		"REHEARSAL="+w.scratch, "GIT_SSL_CAINFO="+w.certificates, "GH_CONFIG_DIR="+filepath.Join(w.scratch, "gh"),
		"HTTPS_PROXY="+w.proxy, "SSL_CERT_FILE="+w.certificates, "GIT_CONFIG_GLOBAL="+os.DevNull,
		// What aws-actions/configure-aws-credentials sets.
		"AWS_ACCESS_KEY_ID=rehearsal", "AWS_SECRET_ACCESS_KEY=rehearsal", "AWS_SESSION_TOKEN=rehearsal",
		"AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_ENDPOINT_URL="+w.clouds[stage], "AWS_ENDPOINT_URL_STS="+w.moto, "AWS_ENDPOINT_URL_ECR="+w.moto,
		"AWS_ENDPOINT_URL_LAMBDA="+w.lambda,
	)
}

// stubPulumi puts a pulumi onto the path that writes down how it is called. Its `up` deploys the images of the release
// to the stand-in of Lambda.
func (w *world) stubPulumi() error {
	const stub = `#!/bin/sh
echo "$*" >>"$REHEARSAL/pulumi.log"
echo "pulumi $*"
if test "$1" = up && test -e "$REHEARSAL/pulumi-fails"; then
  rm "$REHEARSAL/pulumi-fails"
  echo "error: the deployment failed" >&2
  exit 255
fi
if test "$1" = up; then cp "platform/releases/$3.json" "$REHEARSAL/runs-$3.json"; fi
`
	bin := filepath.Join(w.scratch, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(bin, "pulumi"), []byte(stub), 0o755)
}

// prepare lets happen what a scenario finds.
func (w *world) prepare(ctx context.Context, all []happening) error {
	hook := filepath.Join(w.origin, "hooks", "pre-receive")
	for _, h := range all {
		var err error
		switch h {
		case aChange:
			err = w.change(ctx)
		case protectedMain:
			err = os.WriteFile(hook, []byte("#!/bin/sh\nwhile read -r old new ref; do\n"+
				"  test \"$ref\" != refs/heads/main || { echo 'protected branch' >&2; exit 1; }\ndone\n"), 0o755)
		case openMain:
			err = os.Remove(hook)
		case failingUp:
			err = os.WriteFile(filepath.Join(w.scratch, "pulumi-fails"), nil, 0o600)
		case mergedRequest:
			err = w.merge(ctx)
		case deployedByHand:
			err = w.runs("uat", "dev")
		case deployedAgain:
			err = w.runs("uat", "uat")
		case aHotfix:
			err = w.hotfix(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// change pushes a commit by which the notifier gets another image: lines of code are part of a program.
func (w *world) change(ctx context.Context) error {
	folder, err := w.checkout(ctx)
	if err != nil {
		return err
	}
	for file, after := range map[string]string{
		"functions/notifier/main.go": "package main\n", "CHANGELOG.md": "## [Unreleased]\n",
	} {
		path := filepath.Join(folder, file)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		before, rest, found := strings.Cut(string(text), after)
		if !found {
			return fmt.Errorf("%s has no line %q", file, after)
		}
		added := map[string]string{".go": "\n// Rehearsed.\n", ".md": "\n- Rehearsed.\n"}[filepath.Ext(file)]
		if err := os.WriteFile(path, []byte(before+after+added+rest), 0o600); err != nil {
			return err
		}
	}
	if _, err := git(ctx, folder, "-c", "user.name=Mejan", "-c", "user.email=mejan@localhost",
		"commit", "--quiet", "--all", "-m", "functions/notifier: rehearse"); err != nil {
		return err
	}
	_, err = git(ctx, folder, "push", "--quiet", w.origin, "main")
	return err
}

func git(ctx context.Context, folder string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "git", args...)
	command.Dir = folder
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", errors.Join(fmt.Errorf("git %s: %w", strings.Join(args, " "), err), errors.New(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}
