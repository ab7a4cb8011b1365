package iam

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Denial is a call that was refused.
type Denial struct {
	// Principal is the ARN of the role, or the name of the AWS service, that called.
	Principal string `json:"principal"`
	Action    string `json:"action"`
	Resource  string `json:"resource"`
}

// Grant is one action on one resource that a statement of a role's policy allows.
type Grant struct {
	Role     string `json:"role"`
	Policy   string `json:"policy"`
	Action   string `json:"action"`
	Resource string `json:"resource"`
}

func (i *IAM) deny(d Denial) {
	if !slices.Contains(i.denied, d) {
		i.denied = append(i.denied, d)
	}
}

// Denied lists the refused calls, each once, in the order in which they first happened.
func (i *IAM) Denied() []Denial {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.denied)
}

// Unused lists what roles were granted and never used, sorted. A statement counts once for each pair of its actions and
// resources.
func (i *IAM) Unused() []Grant {
	i.mu.Lock()
	defer i.mu.Unlock()
	var unused []Grant
	for arn, r := range i.roles {
		for name, statements := range r.policies {
			for _, s := range statements {
				for g := range s.grants() {
					if g.Role, g.Policy = arn, name; !r.used[g] {
						unused = append(unused, g)
					}
				}
			}
		}
	}
	slices.SortFunc(unused, func(a, b Grant) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Policy, b.Policy), cmp.Compare(a.Action, b.Action),
			cmp.Compare(a.Resource, b.Resource))
	})
	return slices.Compact(unused)
}

// grants enumerates the pairs of a statement that allows.
func (s statement) grants() map[Grant]struct{} {
	all := make(map[Grant]struct{})
	if s.Effect != "Allow" {
		return all
	}
	pairs := func(list, except []string) []string {
		if len(except) > 0 {
			return []string{"not " + strings.Join(except, ", ")}
		}
		return list
	}
	for _, action := range pairs(s.Action, s.NotAction) {
		for _, resource := range pairs(s.Resource, s.NotResource) {
			all[Grant{Action: action, Resource: resource}] = struct{}{}
		}
	}
	return all
}

// Roles lists the ARNs of the roles, sorted.
func (i *IAM) Roles() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Sorted(maps.Keys(i.roles))
}
