package expression

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ParseKeyCondition reads a KeyConditionExpression over a table's hash key and, unless empty, its range key. DynamoDB
// allows `hash = :value`, then maybe AND one condition on the range key.
func ParseKeyCondition(s *Scope, text, hash, sort string) (Condition, error) {
	return parse(s, "KeyConditionExpression", text, func(p *parser) Condition { return p.keyCondition(hash, sort) })
}

func (p *parser) keyCondition(hash, sort string) Condition {
	var all []Condition
	var seen []string
	for {
		parenthesized := p.accept("(")
		seen = append(seen, p.keyName(hash, sort))
		c := p.predicate()
		if c == nil {
			c = p.comparison()
		}
		if parenthesized {
			p.expect(")")
		}
		all = append(all, c)
		if !p.accept("AND") {
			break
		}
	}
	if slices.Sort(seen); len(slices.Compact(slices.Clone(seen))) != len(seen) || !slices.Contains(seen, hash) {
		p.fail("Query condition missed key schema element: %s", hash)
	}
	return func(i Item) bool { return !slices.ContainsFunc(all, func(c Condition) bool { return !c(i) }) }
}

// keyName looks ahead at the next condition: which key it is on, and whether it is of a kind that is allowed there.
func (p *parser) keyName(hash, sort string) string {
	ahead := &parser{scope: p.scope, tokens: p.tokens}
	function := ahead.accept("begins_with")
	if function {
		ahead.expect("(")
	}
	path := ahead.path()
	name := path.Root()
	sign := ahead.peek()
	switch {
	case len(path) > 1 || (name != hash && (name != sort || sort == "")):
		p.fail("Query condition missed key schema element: %s", hash)
	case name == hash && (function || sign != "="):
		p.fail("Query key condition not supported")
	case !function && sign == "<>" || sign.is("IN"):
		p.fail("Query key condition not supported")
	}
	return name
}

// Projection picks parts of items. The nil projection picks everything.
type Projection []Path

// ParseProjection reads a ProjectionExpression.
func ParseProjection(s *Scope, text string) (Projection, error) {
	return parse(s, "ProjectionExpression", text, func(p *parser) Projection {
		all := Projection(list(p, p.path))
		for i, a := range all {
			for _, b := range all[:i] {
				if a.overlaps(b) {
					p.fail("Two document paths overlap with each other; must remove or rewrite one of these paths;")
				}
			}
		}
		return all
	})
}

// Of is what the projection leaves of an item. Elements that are picked from a list move together.
func (p Projection) Of(item Item) Item {
	if p == nil {
		return item
	}
	v, _ := pick(&types.AttributeValueMemberM{Value: item}, p).(*types.AttributeValueMemberM)
	if v == nil {
		return Item{}
	}
	return v.Value
}

// pick keeps of v what the paths below it lead to; nil for nothing.
func pick(v Value, paths []Path) Value {
	if v == nil || slices.ContainsFunc(paths, func(p Path) bool { return len(p) == 0 }) {
		return v
	}
	below := func(matches func(element) bool) (rest []Path) {
		for _, p := range paths {
			if matches(p[0]) {
				rest = append(rest, p[1:])
			}
		}
		return rest
	}
	switch whole := v.(type) {
	case *types.AttributeValueMemberM:
		m := make(map[string]Value)
		for name, inner := range whole.Value {
			rest := below(func(e element) bool { return !e.indexed && e.name == name })
			if len(rest) == 0 {
				continue
			}
			if kept := pick(inner, rest); kept != nil {
				m[name] = kept
			}
		}
		if len(m) > 0 {
			return &types.AttributeValueMemberM{Value: m}
		}
	case *types.AttributeValueMemberL:
		var l []Value
		for index, inner := range whole.Value {
			rest := below(func(e element) bool { return e.indexed && e.index == index })
			if len(rest) == 0 {
				continue
			}
			if kept := pick(inner, rest); kept != nil {
				l = append(l, kept)
			}
		}
		if len(l) > 0 {
			return &types.AttributeValueMemberL{Value: l}
		}
	}
	return nil
}
