package enginetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy/deploytest"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// cloud stands for AWS and its provider. It makes, changes and deletes by the table of kinds, and refuses what AWS
// refuses: a second resource of a name, and the deletion of a bucket or repository that is not empty.
type cloud struct {
	t       *testing.T
	account string
	// make makes a resource in another cloud; nil: in this one.
	make func(context.Context, plugin.CreateRequest) (plugin.CreateResponse, error)
	// lookup is what looking a function up answers; nil: whether it exists.
	lookup error
	// destroying allows the deletion of what holds data. A deployment never deletes it.
	destroying bool

	mu sync.Mutex
	// unknown counts the resources that a preview could not know all inputs of.
	unknown int
	// exists has the address of every resource that exists, see [address].
	exists map[string]bool
}

func newCloud(t *testing.T) *cloud {
	return &cloud{t: t, account: "123456789012", exists: map[string]bool{}}
}

// adopt makes the resources of a state exist.
func (c *cloud) adopt(state *deploy.Snapshot) {
	for _, r := range state.Resources {
		if at := address(string(r.URN.Type()), r.Inputs); at != "" {
			c.exists[at] = true
		}
	}
}

// address is the type and name of a resource in AWS, empty for a type without a name.
func address(token string, inputs resource.PropertyMap) string {
	k := kinds[token]
	if k.name == "" {
		return ""
	}
	at := token + " " + text(inputs, k.name)
	if k.scope != "" {
		at += " of " + text(inputs, k.scope)
	}
	return at
}

func text(inputs resource.PropertyMap, key string) string {
	if v, ok := inputs[resource.PropertyKey(key)]; ok && v.IsString() {
		return v.StringValue()
	}
	return ""
}

func (c *cloud) provider() (plugin.Provider, error) {
	return &deploytest.Provider{
		InvokeF: c.invoke, CheckF: c.check, DiffF: c.diff, CreateF: c.create, UpdateF: c.update, DeleteF: c.remove,
	}, nil
}

// invoke answers the program's questions in the provider's words.
func (c *cloud) invoke(_ context.Context, r plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	answer := func(values map[string]string) (plugin.InvokeResponse, error) {
		properties := map[string]property.Value{}
		for key, value := range values {
			properties[key] = property.New(value)
		}
		return plugin.InvokeResponse{Properties: property.NewMap(properties)}, nil
	}
	switch r.Tok {
	case "aws:index/getCallerIdentity:getCallerIdentity":
		return answer(map[string]string{
			"accountId": c.account, "arn": "arn:aws:sts::" + c.account + ":assumed-role/deployer/session", "userId": "AROA:session",
		})
	case "aws:index/getRegion:getRegion":
		return answer(map[string]string{"name": "us-east-1", "id": "us-east-1"})
	case "aws:lambda/getFunction:getFunction":
		name := r.Args.Get("functionName").AsString()
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.lookup != nil {
			return plugin.InvokeResponse{}, c.lookup
		}
		if !c.exists["aws:lambda/function:Function "+name] {
			return plugin.InvokeResponse{}, fmt.Errorf("invoking aws:lambda/getFunction:getFunction: 1 error occurred:\n"+
				"\t* reading Lambda Function (%[1]s) latest version: operation error Lambda: ListVersionsByFunction, "+
				"https response error StatusCode: 404, RequestID: 6b5c0f8e, ResourceNotFoundException: "+
				"Function not found: arn:aws:lambda:us-east-1:123456789012:function:%[1]s\n\n", name)
		}
		return answer(map[string]string{"functionName": name, "arn": fmt.Sprintf(kinds["aws:lambda/function:Function"].arn, name)})
	default:
		return plugin.InvokeResponse{}, fmt.Errorf("the program calls %s, which this cloud does not answer", r.Tok)
	}
}

// defaults is the input in which the provider notes which names it made up.
const defaults = "__defaults"

// check makes a name up where the program sets none, and keeps one that it made up before.
func (c *cloud) check(_ context.Context, r plugin.CheckRequest) (plugin.CheckResponse, error) {
	k, known := kinds[string(r.URN.Type())]
	if !known {
		return plugin.CheckResponse{}, fmt.Errorf("type %s is not in the table of kinds", r.URN.Type())
	}
	inputs := r.News.Copy()
	if inputs.ContainsUnknowns() {
		c.mu.Lock()
		c.unknown++
		c.mu.Unlock()
	}
	for input := range inputs {
		if input != defaults && !slices.Contains(k.inputs(), string(input)) {
			return plugin.CheckResponse{}, fmt.Errorf("input %q of type %s is not in the table of kinds", input, r.URN.Type())
		}
	}
	if key := resource.PropertyKey(k.name); k.name != "" && !inputs.HasValue(key) {
		if r.Olds[defaults].IsArray() {
			inputs[key] = r.Olds[key]
		} else {
			random := fmt.Sprintf("%x", sha256.Sum256([]byte(r.URN)))[:7]
			inputs[key] = resource.NewStringProperty(r.URN.Name() + "-" + random)
		}
		inputs[defaults] = resource.NewArrayProperty([]resource.PropertyValue{resource.NewStringProperty(k.name)})
	}
	return plugin.CheckResponse{Properties: inputs}, nil
}

// diff says whether a change replaces. A resource whose name the program chose is deleted before the next one is made,
// as two cannot have one name.
func (c *cloud) diff(_ context.Context, r plugin.DiffRequest) (plugin.DiffResult, error) {
	before, after := r.OldInputs.Copy(), r.NewInputs.Copy()
	chosen := !after.HasValue(defaults)
	delete(before, defaults)
	delete(after, defaults)
	d := before.Diff(after)
	if d == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	k := kinds[string(r.URN.Type())]
	result := plugin.DiffResult{Changes: plugin.DiffSome, ChangedKeys: d.ChangedKeys()}
	for _, key := range d.ChangedKeys() {
		if slices.Contains(k.replaces, string(key)) {
			result.ReplaceKeys = append(result.ReplaceKeys, key)
		}
	}
	result.DeleteBeforeReplace = len(result.ReplaceKeys) > 0 && k.name != "" && chosen
	return result, nil
}

func (c *cloud) create(ctx context.Context, r plugin.CreateRequest) (plugin.CreateResponse, error) {
	if r.Preview {
		return plugin.CreateResponse{Properties: outputs(string(r.URN.Type()), r.URN.Name(), r.Properties, true)}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Properties.ContainsUnknowns() {
		return plugin.CreateResponse{Status: resource.StatusUnknown}, fmt.Errorf("%s has unknown inputs", r.URN)
	}
	if at := address(string(r.URN.Type()), r.Properties); at != "" {
		if c.exists[at] {
			return plugin.CreateResponse{Status: resource.StatusUnknown}, fmt.Errorf("%s exists already", at)
		}
		c.exists[at] = true
	}
	if c.make != nil {
		return c.make(ctx, r)
	}
	return plugin.CreateResponse{
		ID: resource.ID(r.URN.Name() + "-id"), Properties: outputs(string(r.URN.Type()), r.URN.Name(), r.Properties, false), Status: resource.StatusOK,
	}, nil
}

func (c *cloud) update(_ context.Context, r plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	return plugin.UpdateResponse{
		Properties: outputs(string(r.URN.Type()), r.URN.Name(), r.NewInputs, false), Status: resource.StatusOK,
	}, nil
}

// outputs is a resource's inputs and what AWS adds to them. Before the resource exists, the latter is unknown.
func outputs(token, name string, inputs resource.PropertyMap, unknown bool) resource.PropertyMap {
	k := kinds[token]
	out := inputs.Copy()
	delete(out, defaults)
	set := func(key, value string) {
		out[resource.PropertyKey(key)] = resource.NewStringProperty(value)
		if unknown {
			out[resource.PropertyKey(key)] = resource.MakeComputed(resource.NewStringProperty(""))
		}
	}
	physical := text(inputs, k.name)
	if k.arn != "" {
		set("arn", fmt.Sprintf(k.arn, physical))
	}
	switch token {
	case "aws:dynamodb/table:Table":
		set("streamArn", fmt.Sprintf(k.arn, physical)+"/stream/2026-01-02T03:04:05.000")
	case "aws:sqs/queue:Queue":
		set("url", "https://sqs.us-east-1.amazonaws.com/123456789012/"+physical)
	case "aws:ecr/repository:Repository":
		set("repositoryUrl", "123456789012.dkr.ecr.us-east-1.amazonaws.com/"+physical)
	case "aws:lambda/eventSourceMapping:EventSourceMapping":
		set("uuid", "uuid-of-"+name)
	}
	return out
}

// remove deletes a resource. What holds data is deleted only where a stage is destroyed: anything else is a fault of the
// program, whatever the test is about.
func (c *cloud) remove(_ context.Context, r plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	k := kinds[string(r.URN.Type())]
	refuse := func(format string, args ...any) (plugin.DeleteResponse, error) {
		return plugin.DeleteResponse{Status: resource.StatusOK}, fmt.Errorf(format, args...)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if k.holdsData && !c.destroying {
		c.t.Errorf("a deployment deletes %s, which holds data", r.URN)
	}
	if may := r.Outputs[resource.PropertyKey(k.emptied)]; k.emptied != "" && (!may.IsBool() || !may.BoolValue()) {
		return refuse("%s is not empty, and %s is not set", r.URN, k.emptied)
	}
	if protected := r.Outputs["deletionProtectionEnabled"]; protected.IsBool() && protected.BoolValue() {
		return refuse("%s has its deletion protection on", r.URN)
	}
	delete(c.exists, address(string(r.URN.Type()), r.Inputs))
	return plugin.DeleteResponse{Status: resource.StatusOK}, nil
}

// short is a resource in few words: `lambda/function ingestor`.
func short(urn resource.URN, stage string) string {
	token := strings.TrimPrefix(string(urn.Type()), "aws:")
	token, _, _ = strings.Cut(token, ":")
	name := strings.TrimPrefix(urn.Name(), "mejan-"+stage)
	return strings.TrimSpace(token + " " + strings.TrimLeft(name, "-/"))
}
