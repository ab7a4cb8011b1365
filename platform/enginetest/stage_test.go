package enginetest

import (
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/blang/semver"
	"gopkg.in/yaml.v3"

	"github.com/pulumi/pulumi/pkg/v3/engine"
	lt "github.com/pulumi/pulumi/pkg/v3/engine/lifecycletest/framework"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy/deploytest"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
	"github.com/mejan/mejan/platform/stack"
)

// checkout is the root of the repository.
const checkout = "../.."

// addresses stand for those that a person sets. They never change, as they are part of the released state.
var addresses = map[string]string{
	"mejan:senderEmail": "reports@mejan.io", "mejan:receiverEmails": "readers@mejan.io,desk@mejan.io",
	"mejan:alarmEmail": "alarms@mejan.io",
}

// load reads the committed settings of a stage, with some keys changed.
func load(t *testing.T, stage string, changed map[string]string) settings.Stage {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(checkout, "Pulumi."+stage+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, values := range []map[string]string{addresses, changed} {
		for key, value := range values {
			file.Config[key] = value
		}
	}
	if data, err = yaml.Marshal(file); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "Pulumi."+stage+".yaml")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := settings.LocalFromFile(path, stage)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// images is a release whose digests consist of one hexadecimal digit.
func images(stage, digit string) *release.Release {
	r := &release.Release{Stage: stage, Source: strings.Repeat(digit, 40), Images: map[pipeline.Function]string{}}
	for _, f := range pipeline.Functions() {
		r.Images[f] = "sha256:" + strings.Repeat(digit, 64)
	}
	return r
}

// deployment is one stage: its cloud, and its state as Pulumi keeps it.
type deployment struct {
	t     *testing.T
	stage string
	cloud *cloud
	state *deploy.Snapshot
	// said is what the program and the engine told the operator in the last operation.
	said bytes.Buffer
}

func newDeployment(t *testing.T, stage string) *deployment {
	return &deployment{t: t, stage: stage, cloud: newCloud(t)}
}

// running is a stage that runs a release.
func running(t *testing.T, s settings.Stage) *deployment {
	t.Helper()
	d := newDeployment(t, s.Name)
	d.must("first step", s, nil)
	d.must("release a", s, images(s.Name, "a"))
	return d
}

// copy is a second deployment of the same state, for another test.
func (d *deployment) copy(t *testing.T) *deployment {
	c := newDeployment(t, d.stage)
	c.cloud.exists, c.state = maps.Clone(d.cloud.exists), d.state
	return c
}

// change is what an operation does to one resource, such as `update lambda/function ingestor`. Children and providers
// that the program does not name are left out.
type change = string

// up previews a deployment, then does it, and says what it did. The preview must have announced each change. A refused
// preview does not end it, because pulumi can be told to skip the preview.
func (d *deployment) up(s settings.Stage, r *release.Release) ([]change, error) {
	d.t.Helper()
	announced, foretold := d.preview(engine.Update, stack.Program(s, r))
	done, err := d.execute(engine.Update, stack.Program(s, r))
	if (foretold == nil) != (err == nil) {
		d.t.Errorf("the preview says %v, the update %v", foretold, err)
	}
	for _, c := range done {
		if !slices.Contains(announced, c) {
			d.t.Errorf("the preview does not announce: %s", c)
		}
	}
	return done, err
}

// must is up where an error ends the test.
func (d *deployment) must(what string, s settings.Stage, r *release.Release) []change {
	d.t.Helper()
	done, err := d.up(s, r)
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", what, err, d.said.String())
	}
	return done
}

// destroy is `pulumi destroy`, which does not run the program. Like the CLI it stops where the preview is refused.
func (d *deployment) destroy() ([]change, error) {
	d.t.Helper()
	d.cloud.destroying = true
	defer func() { d.cloud.destroying = false }()
	if _, err := d.preview(engine.Destroy, nil); err != nil {
		return nil, err
	}
	return d.execute(engine.Destroy, nil)
}

// preview says what an operation would do.
func (d *deployment) preview(op lt.TestOp, program pulumi.RunFunc) (announced []change, err error) {
	d.t.Helper()
	_, err = op.Plan(d.plan().GetProject(), d.plan().GetTarget(d.t, d.state), d.options(program), nil, d.record(&announced))
	return announced, err
}

// execute does an operation and says what it did.
func (d *deployment) execute(op lt.TestOp, program pulumi.RunFunc) (done []change, err error) {
	d.t.Helper()
	d.said.Reset()
	state, err := op.Run(d.plan().GetProject(), d.plan().GetTarget(d.t, d.state), d.options(program), false, nil,
		d.record(&done))
	if state != nil {
		d.state = state
	}
	return done, err
}

func (d *deployment) plan() *lt.TestPlan { return &lt.TestPlan{Project: "mejan", Stack: d.stage} }

// record keeps what an operation does to resources of AWS, and what it tells the operator. Of the three steps of a
// replacement it keeps the one that has the name.
func (d *deployment) record(into *[]change) lt.ValidateFunc {
	return func(_ workspace.Project, _ deploy.Target, _ engine.JournalEntries, events []engine.Event, err error) error {
		for _, e := range events {
			switch payload := e.Payload().(type) {
			case engine.DiagEventPayload:
				d.said.WriteString(payload.Message)
			case engine.ResourcePreEventPayload:
				m := payload.Metadata
				part := m.Op == deploy.OpSame || m.Op == deploy.OpCreateReplacement || m.Op == deploy.OpDeleteReplaced
				if !part && strings.HasPrefix(string(m.Type), "aws:") {
					*into = append(*into, string(m.Op)+" "+short(m.URN, d.stage))
				}
			}
		}
		slices.Sort(*into)
		return err
	}
}

// options let the engine run the program and talk to the cloud.
func (d *deployment) options(program pulumi.RunFunc) lt.TestUpdateOptions {
	var address string
	language := deploytest.NewLanguageRuntimeF(func(info plugin.RunInfo, _ *deploytest.ResourceMonitor) error {
		ctx, err := pulumi.NewContext(context.Background(), pulumi.RunInfo{
			Project: info.Project, Stack: info.Stack, Parallel: info.Parallel, DryRun: info.DryRun,
			MonitorAddr: info.MonitorAddress, EngineAddr: address,
		})
		if err != nil {
			return err
		}
		return pulumi.RunWithContext(ctx, program)
	})
	sink := diag.DefaultSink(io.Discard, &d.said, diag.FormatOptions{Color: colors.Never})
	loader := deploytest.NewProviderLoader("aws", semver.MustParse("6.83.2"), d.cloud.provider)
	factory := deploytest.NewPluginHostF(sink, sink, language, nil, nil, loader)
	// The program tells the operator things by the host's address, which is known once there is a host.
	remember := func() plugin.Host {
		host := factory()
		address = host.ServerAddr()
		return host
	}
	return lt.TestUpdateOptions{T: d.t, SkipDisplayTests: true, HostF: remember}
}
