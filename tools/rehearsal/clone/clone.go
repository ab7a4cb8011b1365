// Package clone makes fresh clones of the repository, for what a newcomer or a workflow does in one.
package clone

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Make makes a clone of the repository in folder, with a commit of what is not committed yet. The clone has no remote,
// so that nothing that runs in it reaches the repository.
func Make(ctx context.Context, root, folder string) error {
	if _, err := git(ctx, "clone", "--quiet", root, folder); err != nil {
		return err
	}
	if _, err := git(ctx, "-C", folder, "remote", "remove", "origin"); err != nil {
		return err
	}
	changed, err := git(ctx, "-C", root, "diff", "--name-only", "--no-renames", "-z", "HEAD")
	if err != nil {
		return err
	}
	created, err := git(ctx, "-C", root, "ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return err
	}
	if changed += created; changed == "" {
		return nil
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(changed, "\x00"), "\x00") {
		if err := copyFile(filepath.Join(root, name), filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("copy %q: %w", name, err)
		}
	}
	if _, err := git(ctx, "-C", folder, "add", "--all"); err != nil {
		return err
	}
	_, err = git(ctx, "-C", folder, "-c", "user.name=Mejan", "-c", "user.email=mejan@localhost",
		"commit", "--quiet", "--message", "what is not committed yet")
	return err
}

// copyFile makes target equal to source, which may be gone.
func copyFile(source, target string) error {
	info, err := os.Stat(source)
	if errors.Is(err, fs.ErrNotExist) {
		return os.Remove(target)
	}
	if err != nil {
		return err
	}
	data, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, data, info.Mode().Perm())
}

func git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return string(output), nil
}

// Environment is that of a person who has just cloned: without settings of the go command, of make, of AWS, or of CI.
func Environment(ours []string) []string {
	foreign := []string{"CI", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "GOFLAGS", "GOWORK", "GOENV"}
	env := slices.DeleteFunc(slices.Clone(ours), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(foreign, name) || strings.HasPrefix(name, "AWS_") && name != "AWS_CA_BUNDLE"
	})
	return append(env, "GOENV=off", "AWS_EC2_METADATA_DISABLED=true")
}
