package stack_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/stack"
)

// Without a release the program goes on only where Lambda itself says, of each function, that it does not exist. In any
// other case it registers nothing, because Pulumi deletes what a program leaves out, and the error says what mends it.
func TestMissingRelease(t *testing.T) {
	s := committed(t, "prod")
	all := make([]string, 0, len(pipeline.Functions()))
	for _, f := range pipeline.Functions() {
		all = append(all, s.FunctionName(f))
	}
	running := []string{"git pull", "git checkout -- platform/releases/prod.json", "make promote FROM=uat TO=prod", "pulumi destroy --stack prod"}
	unknown := []string{"unknown", "git pull", "make promote FROM=uat TO=prod", "lambda:ListVersionsByFunction", all[0], all[2]}
	for _, tt := range []struct {
		name      string
		functions []string
		lookup    string
		// want is empty if the first step may begin.
		want []string
	}{
		{name: "no function"},
		{name: "another copy's function", functions: []string{"other-prod-ingestor", all[0] + "-2"}},
		{name: "all functions", functions: all, want: append(all, running...)},
		{name: "one function", functions: all[2:], want: append(all[2:], running...)},
		{name: "the provider's own words", lookup: "reading Lambda Function (NAME): couldn't find resource"},
		{name: "another ending", lookup: strings.TrimSpace(notFound) + ": provider=aws@6.83.2"},
		{
			name: "no permission", want: unknown,
			lookup: "reading Lambda Function (NAME) latest version: operation error Lambda: ListVersionsByFunction, https response " +
				"error StatusCode: 403, RequestID: 1, AccessDeniedException: User: arn:aws:iam::123456789012:user/x is not authorized " +
				"to perform: lambda:ListVersionsByFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:NAME",
		},
		{name: "no network", want: unknown, lookup: "reading Lambda Function (NAME) latest version: dial tcp: lookup lambda: no such host"},
		{name: "no credentials", want: unknown, lookup: "rpc error: code = Unknown desc = unable to validate AWS credentials"},
		{
			name: "a proxy's answer", want: unknown,
			lookup: "reading Lambda Function (NAME) latest version: operation error Lambda: ListVersionsByFunction, https response " +
				"error StatusCode: 404, RequestID: , deserialization failed: invalid character '<'",
		},
		{name: "another resource", want: unknown, lookup: "ResourceNotFoundException: Requested resource not found: Table: NAME not found"},
		{name: "another function", want: unknown, lookup: strings.ReplaceAll(notFound, "NAME", "NAME-2")},
		{name: "another function, in the provider's words", want: unknown, lookup: "reading Lambda Function (NAME-2): couldn't find resource"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := &recorder{functions: tt.functions, lookup: tt.lookup}
			err := pulumi.RunErr(stack.Program(s, nil), pulumi.WithMocks("mejan", s.Name, rec))
			if len(tt.want) == 0 {
				if err != nil || len(rec.all) == 0 {
					t.Fatalf("error %v, %d resources; want the first step", err, len(rec.all))
				}
				return
			}
			if err == nil || len(rec.all) > 0 {
				t.Fatalf("error %v, %d resources; want a refusal before the first one", err, len(rec.all))
			}
			for _, want := range append(tt.want, "platform/releases/prod.json", "changes nothing") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %v\nwant it to say %q", err, want)
				}
			}
		})
	}
}
