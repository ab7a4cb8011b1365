package enginetest

import (
	"path/filepath"
	"testing"

	"github.com/blang/semver"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// Promise: Pulumi.yaml is a project that the SDK reads, and it asks for a CLI that tells programs their root directory.
func TestProject(t *testing.T) {
	project, err := workspace.LoadProject(filepath.Join(checkout, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	enough, err := semver.ParseRange(project.RequiredPulumiVersion)
	if err != nil {
		t.Fatalf("requiredPulumiVersion %q: %v", project.RequiredPulumiVersion, err)
	}
	for version, want := range map[string]bool{"3.149.0": false, "3.150.0": true, "3.263.0": true} {
		if got := enough(semver.MustParse(version)); got != want {
			t.Errorf("requiredPulumiVersion %q takes %s: %v, want %v", project.RequiredPulumiVersion, version, got, want)
		}
	}
}
