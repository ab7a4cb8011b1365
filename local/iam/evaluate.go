package iam

import (
	"slices"
	"strings"

	"github.com/mejan/mejan/local/wire"
)

// may evaluates as AWS does within one account: a Deny anywhere wins, else an Allow of the caller's role or of the
// resource is enough.
func (i *IAM) may(p wire.Principal, action, resource string, context map[string]string) bool {
	context = lowered(context)
	allowed, denied := p.Admin, false
	if r, ok := i.roles[p.ARN]; ok {
		for name, statements := range r.policies {
			for _, s := range statements {
				grant, ok := s.match(action, resource, context)
				switch {
				case !ok:
				case s.Effect == "Deny":
					denied = true
				default:
					allowed = true
					grant.Role, grant.Policy = p.ARN, name
					r.used[grant] = true
				}
			}
		}
	}
	for _, s := range i.statementsOn(resource) {
		if _, ok := s.match(action, resource, context); !ok || !i.names(s, p) {
			continue
		}
		denied = denied || s.Effect == "Deny"
		allowed = allowed || s.Effect == "Allow"
	}
	return allowed && !denied
}

// names reports whether a statement of a resource's policy is about p. A Deny for the account is about everyone in it;
// an Allow for the account only lets its roles' own policies speak.
func (i *IAM) names(s statement, p wire.Principal) bool {
	if s.Principal.Anyone || slices.Contains(s.Principal.AWS, p.ARN) {
		return true
	}
	account := slices.Contains(s.Principal.AWS, i.root()) || slices.Contains(s.Principal.AWS, i.account)
	return account && (s.Effect == "Deny" || p.Admin)
}

// AllowService reports whether the policy of a resource lets an AWS service, such as s3.amazonaws.com, do action on it.
// context holds condition keys, such as aws:SourceArn. A refusal is recorded.
//
// A role is such a resource: its trust policy must allow sts:AssumeRole to lambda.amazonaws.com.
func (i *IAM) AllowService(resourceARN, service, action string, context map[string]string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	all := lowered(context)
	allowed, denied := false, false
	for _, s := range i.statementsOn(resourceARN) {
		if _, ok := s.match(action, resourceARN, all); !ok {
			continue
		}
		if s.Principal.Anyone || slices.Contains(s.Principal.Service, service) {
			denied = denied || s.Effect == "Deny"
			allowed = allowed || s.Effect == "Allow"
		}
	}
	if allowed && !denied {
		return true
	}
	i.deny(Denial{Principal: service, Action: action, Resource: resourceARN})
	return false
}

// statementsOn lists the statements of a resource's policies. An object's are those of its bucket.
func (i *IAM) statementsOn(resource string) []statement {
	owner := resource
	if bucket, _, ok := strings.Cut(resource, "/"); ok && strings.HasPrefix(resource, "arn:aws:s3:::") {
		owner = bucket
	}
	var all []statement
	for _, statements := range i.resources[owner] {
		all = append(all, statements...)
	}
	return all
}

// match finds the action and the resource of a statement that cover a request. Names of actions have no case.
func (s statement) match(action, resource string, context map[string]string) (Grant, bool) {
	var g Grant
	var ok bool
	named := func(pattern string) bool { return like(strings.ToLower(pattern), strings.ToLower(action)) }
	if g.Action, ok = covers(s.Action, s.NotAction, named); !ok {
		return Grant{}, false
	}
	// A resource's policy may leave out which resource.
	if len(s.Resource)+len(s.NotResource) > 0 {
		meant := func(pattern string) bool { return like(pattern, resource) }
		if g.Resource, ok = covers(s.Resource, s.NotResource, meant); !ok {
			return Grant{}, false
		}
	}
	return g, s.holds(context)
}

// covers finds the first entry of list that matches, or, where the statement has a list of exceptions instead, makes
// sure that none does.
func covers(list, except []string, matches func(string) bool) (string, bool) {
	if len(except) > 0 {
		return "not " + strings.Join(except, ", "), !slices.ContainsFunc(except, matches)
	}
	at := slices.IndexFunc(list, matches)
	if at < 0 {
		return "", false
	}
	return list[at], true
}
