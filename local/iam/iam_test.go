package iam

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/local/wire"
)

const (
	account = "000000000000"
	role1   = "arn:aws:iam::000000000000:role/ingestor"
	other   = "arn:aws:iam::000000000000:role/other"
)

func policy(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// A role may do what an Allow of its own or of the resource says, unless a Deny says otherwise, and nothing else.
func TestAuthorize(t *testing.T) {
	const (
		bucket = "arn:aws:s3:::data"
		object = "arn:aws:s3:::data/inputs/a.json"
	)
	for name, c := range map[string]struct {
		role, resource   string
		action, on       string
		context          map[string]string
		allowed, byAdmin bool
	}{
		"nothing granted": {action: "s3:GetObject", on: object, byAdmin: true},
		"granted": {
			role:   `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/inputs/*"}`,
			action: "s3:GetObject", on: object, allowed: true, byAdmin: true,
		},
		"another action": {
			role:   `{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::data/inputs/*"}`,
			action: "s3:GetObjectVersion", on: object, byAdmin: true,
		},
		"another resource": {
			role:   `{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::data/processed/*","arn:aws:s3:::data/?"]}`,
			action: "s3:GetObject", on: object, byAdmin: true,
		},
		"wildcards, case of the action": {
			role:   `{"Effect":"Allow","Action":"S3:get*","Resource":"arn:aws:s3:::da?a/*/*.json"}`,
			action: "s3:GetObject", on: object, allowed: true, byAdmin: true,
		},
		"deny wins": {
			role: `{"Effect":"Allow","Action":"*","Resource":"*"},
				{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::data/inputs/*"}`,
			action: "s3:GetObject", on: object, byAdmin: true,
		},
		"not action": {
			role:   `{"Effect":"Allow","NotAction":"s3:Delete*","Resource":"*"}`,
			action: "s3:DeleteObject", on: object, byAdmin: true,
		},
		"not resource": {
			role:   `{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::other/*"}`,
			action: "s3:DeleteObject", on: object, allowed: true, byAdmin: true,
		},
		"bucket policy allows the role": {
			resource: `{"Effect":"Allow","Principal":{"AWS":"` + role1 + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}`,
			action:   "s3:GetObject", on: object, allowed: true, byAdmin: true,
		},
		"bucket policy allows the account, which grants a role nothing": {
			resource: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"s3:*","Resource":"*"}`,
			action:   "s3:GetObject", on: object, byAdmin: true,
		},
		"bucket policy denies all but TLS, and loopback counts as TLS": {
			role: `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`,
			resource: `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::data","arn:aws:s3:::data/*"],
				"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`,
			action: "s3:GetObject", on: object, allowed: true, byAdmin: true,
		},
		"bucket policy denies everybody": {
			role:     `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`,
			resource: `{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::data/*"}`,
			action:   "s3:PutObject", on: object,
		},
		"condition on the prefix holds": {
			role: `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::data",
				"Condition":{"StringLike":{"s3:prefix":["inputs/*","processed/*"]}}}`,
			action: "s3:ListBucket", on: bucket, context: map[string]string{"s3:prefix": "inputs/2026"}, allowed: true, byAdmin: true,
		},
		"condition on the prefix fails": {
			role: `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::data",
				"Condition":{"StringEquals":{"s3:prefix":"inputs/"}}}`,
			action: "s3:ListBucket", on: bucket, context: map[string]string{"s3:prefix": "inputs/2026"}, byAdmin: true,
		},
		"a key that the request lacks": {
			role: `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringEquals":{"s3:prefix":"a"}}},
				{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringEqualsIfExists":{"s3:prefix":"a"}}}`,
			action: "s3:ListBucket", on: bucket, byAdmin: true,
		},
		"a key that the request lacks, if it exists": {
			role:   `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringEqualsIfExists":{"s3:prefix":"a"}}}`,
			action: "s3:ListBucket", on: bucket, allowed: true, byAdmin: true,
		},
	} {
		i := New(account)
		if c.role != "" {
			if err := i.PutRolePolicy(role1, "inline", policy(c.role)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if c.resource != "" {
			if err := i.PutResourcePolicy(bucket, policy(c.resource)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		call := wire.Call{Needs: []wire.Permission{{Action: c.action, Resource: c.on}}, Context: c.context}
		if got := i.Authorize(i.Principal(i.RoleCredentials(role1).AccessKey), call) == nil; got != c.allowed {
			t.Errorf("%s: role allowed = %v, want %v", name, got, c.allowed)
		}
		if got := len(i.Denied()) == 0; got != c.allowed {
			t.Errorf("%s: denied = %v", name, i.Denied())
		}
		if got := i.Authorize(i.Principal("any"), call) == nil; got != c.byAdmin {
			t.Errorf("%s: administrator allowed = %v, want %v", name, got, c.byAdmin)
		}
	}
}

// A policy that cannot be evaluated is refused where it is put, by the name of what is not understood.
func TestPutRefusesWhatItCannotEvaluate(t *testing.T) {
	for statement, want := range map[string]string{
		`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:prefix":"1"}}}`: `condition operator "NumericLessThan"`,
		`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:ViaAWSService":"true"}}}`: `condition key "aws:ViaAWSService"`,
		`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}`:                      "policy variables",
		`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"s3:prefix":"${a}"}}}`:   "policy variables",
		`{"Effect":"allow","Action":"s3:*","Resource":"*"}`:                                                   `effect "allow"`,
		`{"Effect":"Allow","Action":"GetObject","Resource":"*"}`:                                              `action "GetObject"`,
		`{"Effect":"Allow","Action":"s3:*","Resource":"data"}`:                                                `resource "data"`,
		`{"Effect":"Allow","Action":"s3:*"}`:                                                                  "Resource and NotResource",
		`{"Effect":"Allow","Resource":"*"}`:                                                                   "Action and NotAction",
		`{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}`:                                   "no principal",
		`{"Effect":"Allow","Action":"s3:*","Resource":"*","NotPrincipal":"*"}`:                                "NotPrincipal",
		`{"Effect":"Allow","Effect":"Deny","Action":"s3:*","Resource":"*"}`:                                   "duplicate",
		``: "no statement",
	} {
		err := New(account).PutRolePolicy(role1, "inline", policy(statement))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one about %s", statement, err, want)
		}
	}
	if err := New(account).PutResourcePolicy("arn:aws:s3:::b", policy(`{"Effect":"Allow","Action":"s3:*"}`)); err == nil {
		t.Error("a resource's policy without a principal was accepted")
	}
}

// An AWS service acts on a resource only where the resource's policy names it, on behalf of the source it names.
func TestAllowService(t *testing.T) {
	const (
		function = "arn:aws:lambda:us-east-1:000000000000:function:f"
		rule     = "arn:aws:events:us-east-1:000000000000:rule/bus/r"
		bucket   = "arn:aws:s3:::data"
	)
	i := New(account)
	for id, p := range map[string][3]string{
		"rule":   {"events.amazonaws.com", rule, ""},
		"bucket": {"s3.amazonaws.com", bucket, account},
	} {
		if err := i.AddPermission(function, id, p[0], "lambda:InvokeFunction", p[1], p[2]); err != nil {
			t.Fatal(err)
		}
	}
	trust := policy(`{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`)
	if err := i.PutResourcePolicy(role1, trust); err != nil {
		t.Fatal(err)
	}
	source := func(arn, account string) map[string]string {
		return map[string]string{"aws:SourceArn": arn, "aws:SourceAccount": account}
	}
	for _, c := range []struct {
		on, service, action string
		context             map[string]string
		want                bool
	}{
		{function, "events.amazonaws.com", "lambda:InvokeFunction", source(rule, account), true},
		{function, "events.amazonaws.com", "lambda:InvokeFunction", source(rule+"x", account), false},
		{function, "events.amazonaws.com", "lambda:InvokeFunction", nil, false},
		{function, "s3.amazonaws.com", "lambda:InvokeFunction", source(bucket, account), true},
		{function, "s3.amazonaws.com", "lambda:InvokeFunction", source(bucket, "111111111111"), false},
		{function, "sns.amazonaws.com", "lambda:InvokeFunction", source(bucket, account), false},
		{function, "s3.amazonaws.com", "lambda:DeleteFunction", source(bucket, account), false},
		{role1, "lambda.amazonaws.com", "sts:AssumeRole", nil, true},
		{other, "lambda.amazonaws.com", "sts:AssumeRole", nil, false},
	} {
		if got := i.AllowService(c.on, c.service, c.action, c.context); got != c.want {
			t.Errorf("%s %s on %s for %v = %v, want %v", c.service, c.action, c.on, c.context, got, c.want)
		}
	}
}

// What was denied is told once, in order; what was granted and never used is told, what was used is not.
func TestRecords(t *testing.T) {
	i := New(account)
	err := i.PutRolePolicy(role1, "data", policy(
		`{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::d/in/*","arn:aws:s3:::d/out/*"]}`,
		`{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}`))
	if err != nil {
		t.Fatal(err)
	}
	p := i.Principal(i.RoleCredentials(role1).AccessKey)
	for _, need := range [][2]string{
		{"s3:GetObject", "arn:aws:s3:::d/in/a"},
		{"s3:DeleteObject", "arn:aws:s3:::d/in/a"},
		{"s3:PutObject", "arn:aws:s3:::d/out/a"},
		{"events:PutEvents", "arn:x"},
		{"s3:DeleteObject", "arn:aws:s3:::d/in/a"},
	} {
		i.Authorize(p, wire.Call{Needs: []wire.Permission{{Action: need[0], Resource: need[1]}}})
	}
	if i.May(p, "s3:ListBucket", "arn:aws:s3:::d") {
		t.Error("May allowed what nothing grants")
	}
	wantDenied := []Denial{{role1, "s3:DeleteObject", "arn:aws:s3:::d/in/a"}, {role1, "events:PutEvents", "arn:x"}}
	if diff := cmp.Diff(wantDenied, i.Denied()); diff != "" {
		t.Errorf("denied (-want +got):\n%s", diff)
	}
	wantUnused := []Grant{
		{role1, "data", "s3:GetObject", "arn:aws:s3:::d/out/*"}, {role1, "data", "s3:PutObject", "arn:aws:s3:::d/in/*"},
	}
	if diff := cmp.Diff(wantUnused, i.Unused()); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
}

// Patterns match as in a policy: * any text, ? any one character; in ARN conditions no * reaches over a colon.
func TestPatterns(t *testing.T) {
	texts := map[[2]string]bool{
		{"*", ""}: true, {"", ""}: true, {"", "a"}: false, {"?", ""}: false, {"a*c", "abcbc"}: true, {"a*c", "abcb"}: false,
		{"*a*b*", "xxaxxb"}: true, {"*a*b", "xxaxxbx"}: false, {"a?c", "abc"}: true, {"a?c", "ac"}: false, {"a**", "a"}: true,
	}
	for _, c := range slices.Collect(maps.Keys(texts)) {
		if got := like(c[0], c[1]); got != texts[c] {
			t.Errorf("like(%q, %q) = %v", c[0], c[1], got)
		}
	}
	if arnLike("arn:aws:*:::x", "arn:aws:s3:us-east-1:1:x") || !arnLike("arn:aws:s3:::d*", "arn:aws:s3:::data:x") {
		t.Error("arnLike crosses colons wrongly")
	}
}
