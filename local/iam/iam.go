// Package iam decides who may do what in the local cloud: credentials of roles, policies of roles and of resources,
// and a record of what was denied and of what was granted in vain.
//
// It evaluates the subset of the policy language that the program uses, and refuses a policy that needs more.
package iam

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/local/wire"
)

// Credentials sign the calls of a role.
type Credentials struct{ AccessKey, Secret, SessionToken string }

// IAM implements [wire.Guard]. Its methods may be called concurrently.
type IAM struct {
	account string

	mu        sync.Mutex
	roles     map[string]*role
	owners    map[string]string // access key → ARN of its role
	resources map[string]map[string][]statement
	denied    []Denial
}

type role struct {
	credentials Credentials
	policies    map[string][]statement
	used        map[Grant]bool
}

// New makes an IAM without roles for an account.
func New(account string) *IAM {
	return &IAM{
		account: account, roles: make(map[string]*role), owners: make(map[string]string),
		resources: make(map[string]map[string][]statement),
	}
}

// RoleCredentials are the credentials of a role, the same at every call.
func (i *IAM) RoleCredentials(roleARN string) Credentials {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.role(roleARN).credentials
}

func (i *IAM) role(arn string) *role {
	r, ok := i.roles[arn]
	if !ok {
		r = &role{
			credentials: Credentials{AccessKey: "ASIA" + rand.Text()[:16], Secret: rand.Text(), SessionToken: rand.Text()},
			policies:    make(map[string][]statement),
			used:        make(map[Grant]bool),
		}
		i.roles[arn] = r
		i.owners[r.credentials.AccessKey] = arn
	}
	return r
}

// PutRolePolicy attaches a policy to a role, in place of one of the same name. Its error names every part of the policy
// that the local cloud cannot evaluate.
func (i *IAM) PutRolePolicy(roleARN, name, policy string) error {
	statements, err := parse(policy, ofRole)
	if err != nil {
		return fmt.Errorf("policy %q of %s: %w", name, roleARN, err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.role(roleARN).policies[name] = statements
	return nil
}

// PutResourcePolicy attaches a policy to a resource, in place of the one before: of a bucket, a queue, a topic, or the
// trust policy of a role. Errors are as for [IAM.PutRolePolicy].
func (i *IAM) PutResourcePolicy(resourceARN, policy string) error {
	return i.putResource(resourceARN, "", policy)
}

// AddPermission lets an AWS service do one action on a resource, as a Lambda permission does. Source and account narrow
// it to calls on behalf of one resource and of one account; an empty one does not.
func (i *IAM) AddPermission(resourceARN, id, service, action, source, account string) error {
	conditions := make(map[string]map[string]string)
	if source != "" {
		conditions["ArnLike"] = map[string]string{"AWS:SourceArn": source}
	}
	if account != "" {
		conditions["StringEquals"] = map[string]string{"AWS:SourceAccount": account}
	}
	policy, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": map[string]any{
		"Sid": id, "Effect": "Allow", "Principal": map[string]string{"Service": service}, "Action": action,
		"Resource": resourceARN, "Condition": conditions,
	}})
	if err != nil {
		return fmt.Errorf("permission %q on %s: %w", id, resourceARN, err)
	}
	return i.putResource(resourceARN, "permission "+id, string(policy))
}

func (i *IAM) putResource(resourceARN, name, policy string) error {
	statements, err := parse(policy, ofResource)
	if err != nil {
		return fmt.Errorf("policy of %s: %w", resourceARN, err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.resources[resourceARN] == nil {
		i.resources[resourceARN] = make(map[string][]statement)
	}
	i.resources[resourceARN][name] = statements
	return nil
}

// Principal implements [wire.Guard].
func (i *IAM) Principal(accessKey string) wire.Principal {
	i.mu.Lock()
	defer i.mu.Unlock()
	if arn, ok := i.owners[accessKey]; ok {
		return wire.Principal{ARN: arn}
	}
	return wire.Principal{ARN: i.root(), Admin: true}
}

func (i *IAM) root() string { return "arn:aws:iam::" + i.account + ":root" }

// Authorize implements [wire.Guard]. It records what it refuses.
func (i *IAM) Authorize(p wire.Principal, c wire.Call) *wire.Error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, need := range c.Needs {
		if !i.may(p, need.Action, need.Resource, c.Context) {
			i.deny(Denial{Principal: p.ARN, Action: need.Action, Resource: need.Resource})
			return refusal(p.ARN, need)
		}
	}
	return nil
}

func refusal(principal string, need wire.Permission) *wire.Error {
	service, _, _ := strings.Cut(need.Action, ":")
	e := &wire.Error{
		Status: http.StatusForbidden, Code: "AccessDeniedException",
		Message: fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s because no policy allows it",
			principal, need.Action, need.Resource),
	}
	switch service {
	case "s3":
		e.Code = "AccessDenied"
	case "dynamodb", "events", "sqs":
		e.Status = http.StatusBadRequest
	}
	return e
}

// May reports whether p may do action on resource, without recording a denial. A grant that allows it counts as used.
func (i *IAM) May(p wire.Principal, action, resource string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.may(p, action, resource, nil)
}
