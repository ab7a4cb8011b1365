// Package deploy provisions the local cloud by running the Pulumi program itself: each resource that the program
// registers is made here, at that moment, and its outputs flow back into the program. What the program does not
// declare does not exist, and what it declares wrongly does not work.
package deploy

import (
	"errors"
	"fmt"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Resource is one registration, before it is provisioned.
type Resource struct {
	// Type is Pulumi's token, such as aws:sqs/queue:Queue; Name is the logical name.
	Type, Name string
	// Inputs are as Pulumi sends them: camelCase names, values as JSON has them.
	Inputs map[string]any
}

// Made is a provisioned resource: its id and what the program may read of it, on top of its inputs.
type Made struct {
	ID      string
	Outputs map[string]any
}

// Run runs program as stack stage and provisions what it registers in t. It returns the number of resources. An error
// names the resource, and a type that the local cloud does not know is one.
//
// Amend, where given, sees every resource before it is provisioned and may change it: that is how a test breaks the
// program's output without a copy of the program.
func Run(program pulumi.RunFunc, stage string, t *Target, amend func(*Resource)) (int, error) {
	t.prepare()
	m := &monitor{target: t, amend: amend}
	err := pulumi.RunErr(program, pulumi.WithMocks("mejan", stage, m))
	// The monitor's own errors come first: Pulumi wraps them in its words, once for every resource that waited.
	if err := errors.Join(m.errs...); err != nil {
		return m.count, err
	}
	if err != nil {
		return m.count, fmt.Errorf("run the Pulumi program: %w", err)
	}
	return m.count, t.check()
}

// monitor is what Pulumi's mock monitor asks. The program registers resources concurrently; they are made one by one.
type monitor struct {
	target *Target
	amend  func(*Resource)

	mu    sync.Mutex
	count int
	errs  []error
}

// Call answers the program's questions about its surroundings.
func (m *monitor) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	switch args.Token {
	case "aws:index/getCallerIdentity:getCallerIdentity":
		return properties(map[string]any{
			"accountId": Account, "arn": "arn:aws:iam::" + Account + ":root", "userId": Account,
		}), nil
	case "aws:lambda/getFunction:getFunction":
		return m.target.lookUp(args.Args["functionName"].StringValue())
	default:
		return nil, fmt.Errorf("the local cloud does not answer %s", args.Token)
	}
}

// NewResource provisions one resource.
func (m *monitor) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !args.Custom {
		return args.Name + "-component", args.Inputs, nil
	}
	r := Resource{Type: args.TypeToken, Name: args.Name, Inputs: args.Inputs.Mappable()}
	if m.amend != nil {
		m.amend(&r)
	}
	made, err := m.target.Provision(r)
	if err != nil {
		err = fmt.Errorf("%s %q: %w", r.Type, r.Name, err)
		m.errs = append(m.errs, err)
		return "", nil, err
	}
	m.count++
	outputs := args.Inputs.Copy()
	for name, value := range made.Outputs {
		outputs[resource.PropertyKey(name)] = resource.NewPropertyValue(value)
	}
	return made.ID, outputs, nil
}

// lookUp answers whether a function exists. The error is the AWS provider's, with Lambda's answer in it: the program
// tells by these words that there is no function.
func (t *Target) lookUp(function string) (resource.PropertyMap, error) {
	arn := t.arn("lambda", "function:"+function)
	if _, exists := t.roles[function]; !exists {
		return nil, fmt.Errorf("reading Lambda Function (%s) latest version: operation error Lambda: "+
			"ListVersionsByFunction, https response error StatusCode: 404, RequestID: local, "+
			"ResourceNotFoundException: Function not found: %s", function, arn)
	}
	return properties(map[string]any{"functionName": function, "arn": arn}), nil
}

func properties(values map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(values)
}

// Provision makes one resource by the entry of its type. [Run] calls it for every resource of a program; so can another
// engine that runs the program, one call at a time.
func (t *Target) Provision(r Resource) (Made, error) {
	if t.roles == nil {
		t.prepare()
	}
	make, known := kinds[r.Type]
	if !known {
		return Made{}, errors.New("the local cloud does not know this type; add it to local/deploy, if only as inert")
	}
	return make(t, r)
}

// decode reads a resource's inputs into a struct that lists every property the local cloud knows of that type. One that
// is not listed is an error that names it: it would be ignored here and matter on AWS.
func decode[T any](r Resource) (T, error) {
	var into T
	data, err := json.Marshal(r.Inputs)
	if err != nil {
		return into, fmt.Errorf("encode inputs: %w", err)
	}
	if err := json.Unmarshal(data, &into, json.RejectUnknownMembers(true)); err != nil {
		return into, fmt.Errorf("property that the local cloud does not know: %w", err)
	}
	return into, nil
}

// inert provisions a resource that has no effect on a laptop.
func inert(_ *Target, r Resource) (Made, error) { return Made{ID: r.Name}, nil }
