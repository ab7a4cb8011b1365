package enginetest

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local/bus"
	local "github.com/mejan/mejan/local/deploy"
	"github.com/mejan/mejan/local/iam"
	"github.com/mejan/mejan/local/lambda"
	"github.com/mejan/mejan/local/mail"
	"github.com/mejan/mejan/local/metrics"
	"github.com/mejan/mejan/local/registry"
	"github.com/mejan/mejan/local/s3"
	"github.com/mejan/mejan/local/table"
)

// region is that of the committed stages.
const region = "us-east-1"

// Promise: the local cloud takes what the real engine hands to a provider, resource by resource, and what it answers is
// enough for the rest of the program. A second deployment changes nothing.
func TestLocalCloud(t *testing.T) {
	r := images("dev", "a")
	d := newDeployment(t, "dev")
	target := laptop(t, r.Images)
	d.cloud.account, d.cloud.make = local.Account, func(_ context.Context, r plugin.CreateRequest) (plugin.CreateResponse, error) {
		inputs := r.Properties.Copy()
		delete(inputs, defaults)
		made, err := target.Provision(local.Resource{
			Type: string(r.URN.Type()), Name: r.URN.Name(), Inputs: inputs.Mappable(),
		})
		if err != nil {
			return plugin.CreateResponse{Status: resource.StatusUnknown}, fmt.Errorf("%s: %w", r.URN, err)
		}
		for key, value := range made.Outputs {
			inputs[resource.PropertyKey(key)] = resource.NewPropertyValue(value)
		}
		return plugin.CreateResponse{ID: resource.ID(made.ID), Properties: inputs, Status: resource.StatusOK}, nil
	}
	s := load(t, "dev", workflowsWith("mejan:githubProvider", "create")) // so that every kind of resource is made
	d.must("first step", s, nil)
	d.must("release", s, r)
	if again := d.must("again", s, r); len(again) > 0 {
		t.Errorf("a second time changes %q", again)
	}
	if got, want := len(target.Functions()), len(pipeline.Functions()); got != want || target.InputBucket() == "" {
		t.Errorf("%d functions of %d, and inputs go to bucket %q", got, want, target.InputBucket())
	}
	for _, complaint := range target.Complaints() {
		t.Error(complaint)
	}
}

// laptop is an empty local cloud with a registry that has an image for each function, which it puts into digests. No
// function is started.
func laptop(t *testing.T, digests map[pipeline.Function]string) *local.Target {
	t.Helper()
	dir := t.TempDir()
	images, err := registry.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { images.Close() })
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{
		OS: runtime.GOOS, Architecture: runtime.GOARCH, RootFS: v1.RootFS{Type: "layers"},
		Config: v1.Config{Entrypoint: []string{"/never-started"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	digest, err := image.Digest()
	if err != nil {
		t.Fatal(err)
	}
	for f := range digests {
		repository, err := name.NewRepository(images.Address()+"/mejan-dev/"+string(f), name.Insecure)
		if err != nil {
			t.Fatal(err)
		}
		if err := remote.Write(repository.Digest(digest.String()), image); err != nil {
			t.Fatal(err)
		}
		digests[f] = digest.String()
	}
	outbox, err := mail.New(local.Account, region, filepath.Join(dir, "outbox"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	engine := lambda.New(lambda.Options{})
	t.Cleanup(engine.Close)
	return &local.Target{
		Region: region, IAM: iam.New(local.Account), Mail: outbox, Lambda: engine, Context: t.Context(),
		S3:      s3.New(s3.Config{Dir: filepath.Join(dir, "objects"), Region: region, Account: local.Account}),
		Table:   table.New(table.Config{Region: region, Account: local.Account}),
		Bus:     bus.New(local.Account, region, time.Now),
		Metrics: metrics.New(local.Account, region), Registry: images.Address(), Images: filepath.Join(dir, "images"),
	}
}
