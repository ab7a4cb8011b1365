package status

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// unexpected is what pulumi says when a preview that expects no changes finds some.
const unexpected = "no changes were expected but changes were proposed"

// Preview has pulumi compare the resources of a stage with the program. What it says goes to out. A machine without
// pulumi gives exec.ErrNotFound.
func Preview(ctx context.Context, root, stage string, out io.Writer) ([]Difference, error) {
	var said strings.Builder
	pulumi := exec.CommandContext(ctx, "pulumi", "preview", "--stack", stage, "--expect-no-changes", "--non-interactive")
	pulumi.Dir = root
	pulumi.Stdout = io.MultiWriter(out, &said)
	pulumi.Stderr = pulumi.Stdout
	err := pulumi.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &exit) && strings.Contains(said.String(), unexpected):
		return []Difference{{
			Subject: "resources", Text: "the program and the resources of the stage differ, as the preview above shows",
			Remedy: "make up STAGE=" + stage,
		}}, nil
	case errors.As(err, &exit):
		return nil, fmt.Errorf("pulumi preview --stack %s: %w; see what it said above", stage, err)
	}
	return nil, err
}
