package iam

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// document is a policy as written. Unknown elements are an error, so that nothing is ever allowed by an element that is
// not understood.
type document struct {
	Version   string `json:"Version"`
	ID        string `json:"Id"`
	Statement oneOrMore[statement]
}

// statement is one statement as written.
type statement struct {
	Sid         string
	Effect      string
	Principal   principals
	Action      oneOrMore[string]
	NotAction   oneOrMore[string]
	Resource    oneOrMore[string]
	NotResource oneOrMore[string]
	Condition   map[string]map[string]oneOrMore[scalar]
}

// oneOrMore reads a value, or an array of them.
type oneOrMore[T any] []T

func (l *oneOrMore[T]) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]T)(l), json.RejectUnknownMembers(true))
	}
	var one T
	if err := json.Unmarshal(data, &one, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	*l = oneOrMore[T]{one}
	return nil
}

// scalar is a condition's value; booleans and numbers count as their text.
type scalar string

func (s *scalar) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, (*string)(s))
	}
	if strings.ContainsRune("{[n", rune(data[0])) {
		return fmt.Errorf("condition value %s: not a string, boolean or number", data)
	}
	*s = scalar(data)
	return nil
}

// principals says whom a statement of a resource's policy is about.
type principals struct {
	// Anyone is `"*"` or `{"AWS": "*"}`.
	Anyone  bool
	AWS     []string
	Service []string
}

func (p *principals) UnmarshalJSON(data []byte) error {
	if string(data) == `"*"` {
		p.Anyone = true
		return nil
	}
	var kinds struct{ AWS, Service oneOrMore[string] }
	if err := json.Unmarshal(data, &kinds, json.RejectUnknownMembers(true)); err != nil {
		return fmt.Errorf("principal: %w", err)
	}
	*p = principals{Anyone: slices.Contains(kinds.AWS, "*"), AWS: kinds.AWS, Service: kinds.Service}
	return nil
}

func (p principals) empty() bool { return !p.Anyone && len(p.AWS) == 0 && len(p.Service) == 0 }

// kind is what a policy is attached to.
type kind int

const (
	ofRole kind = iota
	ofResource
)

// parse reads a policy and checks that every part of it is one that this package evaluates.
func parse(text string, k kind) ([]statement, error) {
	var d document
	if err := json.Unmarshal([]byte(text), &d, json.RejectUnknownMembers(true)); err != nil {
		return nil, err
	}
	var wrong []error
	if d.Version != "2012-10-17" {
		wrong = append(wrong, fmt.Errorf("version %q: want 2012-10-17", d.Version))
	}
	if len(d.Statement) == 0 {
		wrong = append(wrong, errors.New("no statement"))
	}
	for i, s := range d.Statement {
		for _, err := range s.check(k) {
			wrong = append(wrong, fmt.Errorf("statement %d %s: %w", i, s.Sid, err))
		}
	}
	return d.Statement, errors.Join(wrong...)
}

func (s statement) check(k kind) (wrong []error) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if s.Effect != "Allow" && s.Effect != "Deny" {
		complain("effect %q: want Allow or Deny", s.Effect)
	}
	if (len(s.Action) == 0) == (len(s.NotAction) == 0) {
		complain("want one of Action and NotAction")
	}
	for _, action := range slices.Concat(s.Action, s.NotAction) {
		if service, name, ok := strings.Cut(action, ":"); action != "*" && (!ok || service == "" || name == "") {
			complain("action %q: want service:Name", action)
		}
	}
	if len(s.Resource) > 0 && len(s.NotResource) > 0 {
		complain("want one of Resource and NotResource")
	}
	for _, resource := range slices.Concat(s.Resource, s.NotResource) {
		if resource != "*" && !strings.HasPrefix(resource, "arn:") {
			complain("resource %q: not an ARN", resource)
		}
		if strings.Contains(resource, "${") {
			complain("resource %q: policy variables are not supported", resource)
		}
	}
	if k == ofRole && len(s.Resource) == 0 && len(s.NotResource) == 0 {
		complain("want one of Resource and NotResource")
	}
	if k == ofRole && !s.Principal.empty() {
		complain("a role's policy has no principal")
	}
	if k == ofResource && s.Principal.empty() {
		complain("a resource's policy needs a principal")
	}
	return append(wrong, checkConditions(s.Condition)...)
}
