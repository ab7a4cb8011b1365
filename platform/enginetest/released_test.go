package enginetest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/mejan/mejan/platform/release"
)

// writeReleased writes testdata/released from today's program. It is for the moment at which a program has been deployed
// to the last stage, and no other flag does it: a state that follows the program would prove nothing about it.
var writeReleased = flag.Bool("released", false, "take today's program for the released one: write testdata/released")

// replaced lists what today's program replaces or deletes where the released program ran, each with its reason. It is
// empty after every -released. Nothing that holds data can be on it: the cloud refuses to delete that.
var replaced = map[change]string{
	"replace iam/role ingestor": regional, "replace iam/rolePolicy ingestor": regional,
	"replace iam/role analyzer": regional, "replace iam/rolePolicy analyzer": regional,
	"replace iam/role notifier": regional, "replace iam/rolePolicy notifier": regional,
	"replace ecr/lifecyclePolicy ingestor": spared, "replace ecr/lifecyclePolicy analyzer": spared,
	"replace ecr/lifecyclePolicy notifier": spared,
}

const regional = "the name of a role carries its region, so that a stage can be in two regions of an account"

const spared = "a policy is only ever replaced, and the new one keeps the images of releases"

// Promise: today's program can be deployed over the last released one. It replaces and deletes nothing but what is
// listed with a reason, and never a bucket, the table, a log group or a queue.
func TestReleased(t *testing.T) {
	used := map[change]bool{}
	for _, stage := range release.Order() {
		t.Run(stage, func(t *testing.T) {
			s := load(t, stage, nil)
			path := filepath.Join("testdata", "released", stage+".json")
			if *writeReleased {
				writeState(t, path, running(t, s).state)
			}
			d := newDeployment(t, stage)
			d.state = readState(t, path)
			d.cloud.adopt(d.state)
			for _, c := range d.must("today's program", s, images(stage, "a")) {
				if !strings.HasPrefix(c, "replace ") && !strings.HasPrefix(c, "delete ") {
					continue
				}
				used[c] = true
				if replaced[c] == "" {
					t.Errorf("today's program would %s", c)
				}
			}
			if again := d.must("again", s, images(stage, "a")); len(again) > 0 {
				t.Errorf("a second time changes %q", again)
			}
		})
	}
	for c := range replaced {
		if !used[c] {
			t.Errorf("%s is on the list and does not happen", c)
		}
	}
}

// writeState writes a state with one resource to a line, without the times and lines of code that made them.
func writeState(t *testing.T, path string, state *deploy.Snapshot) {
	t.Helper()
	all, err := stack.SerializeDeployment(t.Context(), state, false)
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	for _, r := range all.Resources {
		r.Created, r.Modified, r.SourcePosition, r.StackTrace = nil, nil, "", nil
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
	}
	if err := os.WriteFile(path, lines.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readState(t *testing.T, path string) *deploy.Snapshot {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all apitype.DeploymentV3
	for line := range bytes.Lines(data) {
		var r apitype.ResourceV3
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		all.Resources = append(all.Resources, r)
	}
	state, err := stack.DeserializeDeploymentV3(t.Context(), all, stack.Base64SecretsProvider{})
	if err != nil {
		t.Fatal(err)
	}
	return state
}
