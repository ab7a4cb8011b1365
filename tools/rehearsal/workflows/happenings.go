package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// merge merges the request for the release of prod, as a person does on GitHub.
func (w *world) merge(ctx context.Context) error {
	return w.commit(ctx, func(folder string) error {
		branch, err := git(ctx, folder, "for-each-ref", "--format=%(refname)", "refs/remotes/origin/release/prod-*")
		if err == nil {
			_, err = git(ctx, folder, "-c", "user.name=Mejan", "-c", "user.email=mejan@localhost",
				"merge", "--quiet", "--no-ff", "-m", "Merge the release of prod", strings.Fields(branch)[0])
		}
		return err
	})
}

// runs has a stage run what another one runs now, or what git says of the stage itself.
func (w *world) runs(stage, from string) error {
	path := w.running(from)
	if stage == from {
		path = filepath.Join(w.scratch, "said-"+stage+".json")
	} else {
		now, err := os.ReadFile(w.running(stage))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(w.scratch, "said-"+stage+".json"), now, 0o600); err != nil {
			return err
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(w.running(stage), text, 0o600)
}

var sourceField = regexp.MustCompile(`"source": "[0-9a-f]+"`)

// hotfix pushes a commit beside main, and has git say that the images of uat were built from it.
func (w *world) hotfix(ctx context.Context) error {
	return w.commit(ctx, func(folder string) error {
		as := []string{"-c", "user.name=Mejan", "-c", "user.email=mejan@localhost", "commit", "--quiet", "--all", "-m"}
		path := filepath.Join(folder, "platform", "releases", "uat.json")
		for _, step := range []func() error{
			func() error { _, err := git(ctx, folder, "switch", "--quiet", "-c", "hotfix", "HEAD~1"); return err },
			func() error { return os.WriteFile(filepath.Join(folder, "README.md"), []byte("fixed\n"), 0o600) },
			func() error { _, err := git(ctx, folder, append(as, "README: mend")...); return err },
			func() error { _, err := git(ctx, folder, "push", "--quiet", w.origin, "hotfix"); return err },
			func() error { _, err := git(ctx, folder, "switch", "--quiet", "main"); return err },
			func() error {
				source, err := git(ctx, folder, "rev-parse", "hotfix")
				if err != nil {
					return err
				}
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				text = sourceField.ReplaceAll(text, []byte(`"source": "`+source+`"`))
				return os.WriteFile(path, text, 0o600)
			},
			func() error { _, err := git(ctx, folder, append(as, "release(uat): hotfix")...); return err },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
}

// commit pushes to main what is done in a fresh clone.
func (w *world) commit(ctx context.Context, do func(folder string) error) error {
	folder, err := w.checkout(ctx)
	if err != nil {
		return err
	}
	if err := do(folder); err != nil {
		return err
	}
	_, err = git(ctx, folder, "push", "--quiet", w.origin, "main")
	return err
}
