package expression

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Update is an update expression.
type Update struct{ actions []action }

// action changes one path.
type action struct {
	path Path
	// value makes the new value from the item before the update; a nil value removes the path.
	value func(before Item) (Value, error)
}

// ParseUpdate reads an update expression. The key's attributes may not be in it.
func ParseUpdate(s *Scope, text string, keys ...string) (Update, error) {
	u, err := parse(s, "UpdateExpression", text, (*parser).update)
	if err != nil {
		return Update{}, err
	}
	for i, a := range u.actions {
		if slices.Contains(keys, a.path.Root()) {
			return Update{}, says("One or more parameter values were invalid: Cannot update attribute %s. "+
				"This attribute is part of the key", a.path.Root())
		}
		for _, b := range u.actions[:i] {
			if a.path.overlaps(b.path) {
				return Update{}, errOverlap
			}
		}
	}
	return u, nil
}

var (
	errOverlap = says("Invalid UpdateExpression: Two document paths overlap with each other; " +
		"must remove or rewrite one of these paths")
	errNoSuchAttribute = says("The provided expression refers to an attribute that does not exist in the item")
	errOperandType     = says("An operand in the update expression has an incorrect data type")
)

// Apply is the item after the update; item itself stays as it is.
func (u Update) Apply(item Item) (Item, error) {
	after := item
	var lists []Path
	for _, a := range u.actions {
		v, err := a.value(item)
		if err != nil {
			return nil, err
		}
		if after, err = a.path.with(after, v); err != nil {
			return nil, err
		}
		if last := len(a.path) - 1; v == nil && a.path[last].indexed {
			lists = append(lists, a.path[:last])
		}
	}
	for _, path := range lists {
		var err error
		if after, err = path.close(after); err != nil {
			return nil, err
		}
	}
	return after, nil
}

// Paths lists what the update changes.
func (u Update) Paths() (all []Path) {
	for _, a := range u.actions {
		all = append(all, a.path)
	}
	return all
}

func (p *parser) update() (u Update) {
	seen := make(map[string]bool)
	for p.peek() != "" {
		for keyword, rule := range map[string]func() action{
			"SET": p.set, "REMOVE": p.remove, "ADD": p.add, "DELETE": p.deletion,
		} {
			if !p.accept(keyword) {
				continue
			}
			if seen[keyword] {
				p.fail("The %q section can only be used once in an update expression;", keyword)
			}
			seen[keyword] = true
			u.actions = append(u.actions, list(p, rule)...)
			break
		}
		if t := p.peek(); t != "" && !t.is("SET") && !t.is("REMOVE") && !t.is("ADD") && !t.is("DELETE") {
			p.unexpected()
		}
	}
	return u
}

func (p *parser) set() action {
	path := p.path()
	p.expect("=")
	left := p.term()
	combine := Number.Add
	switch {
	case p.accept("+"):
	case p.accept("-"):
		combine = Number.Subtract
	default:
		return action{path, left}
	}
	right := p.term()
	return action{path, func(i Item) (Value, error) {
		a, err := number(left(i))
		if err != nil {
			return nil, err
		}
		b, err := number(right(i))
		if err != nil {
			return nil, err
		}
		return written(combine(a, b))
	}}
}

func number(v Value, err error) (Number, error) {
	if err != nil {
		return Number{}, err
	}
	n, ok := v.(*types.AttributeValueMemberN)
	if !ok {
		return Number{}, errOperandType
	}
	return ParseNumber(n.Value)
}

func written(n Number, err error) (Value, error) {
	if err != nil {
		return nil, err
	}
	return &types.AttributeValueMemberN{Value: n.String()}, nil
}

// term reads one operand of SET.
func (p *parser) term() func(Item) (Value, error) {
	name := p.peek()
	if len(p.tokens) < 2 || p.tokens[1] != "(" {
		o := p.operand()
		return func(i Item) (Value, error) {
			if v := o.of(i); v != nil {
				return v, nil
			}
			return nil, errNoSuchAttribute
		}
	}
	p.next()
	p.expect("(")
	switch name {
	case "if_not_exists":
		path := p.path()
		p.expect(",")
		other := p.term()
		p.expect(")")
		return func(i Item) (Value, error) {
			if v := path.Get(i); v != nil {
				return v, nil
			}
			return other(i)
		}
	case "list_append":
		first := p.term()
		p.expect(",")
		second := p.term()
		p.expect(")")
		return func(i Item) (Value, error) { return listAppend(first, second, i) }
	default:
		p.fail("Invalid function name; function: %s", name)
		return nil
	}
}

func listAppend(first, second func(Item) (Value, error), i Item) (Value, error) {
	a, err := first(i)
	if err != nil {
		return nil, err
	}
	b, err := second(i)
	if err != nil {
		return nil, err
	}
	x, ok1 := a.(*types.AttributeValueMemberL)
	y, ok2 := b.(*types.AttributeValueMemberL)
	if !ok1 || !ok2 {
		return nil, errOperandType
	}
	return &types.AttributeValueMemberL{Value: slices.Concat(x.Value, y.Value)}, nil
}

func (p *parser) remove() action {
	return action{p.path(), func(Item) (Value, error) { return nil, nil }}
}

// add reads an action of ADD: a number is added to, a set is joined.
func (p *parser) add() action {
	path, v := p.path(), p.value()
	return action{path, func(i Item) (Value, error) {
		before := path.Get(i)
		if n, ok := v.(*types.AttributeValueMemberN); ok {
			if before == nil {
				return v, nil
			}
			a, err := number(before, nil)
			if err != nil {
				return nil, err
			}
			b, err := ParseNumber(n.Value)
			if err != nil {
				return nil, err
			}
			return written(a.Add(b))
		}
		all, more, err := sets(before, v)
		if err != nil {
			return nil, err
		}
		for _, v := range more {
			if !member(all, v) {
				all = append(all, v)
			}
		}
		return set(all), nil
	}}
}

// deletion reads an action of DELETE: members leave a set, and the last takes the set with it.
func (p *parser) deletion() action {
	path, v := p.path(), p.value()
	return action{path, func(i Item) (Value, error) {
		all, gone, err := sets(path.Get(i), v)
		if err != nil {
			return nil, err
		}
		return set(slices.DeleteFunc(all, func(v Value) bool { return member(gone, v) })), nil
	}}
}

// sets takes two sets of one type; the first may be absent.
func sets(before, v Value) (all, other []Value, err error) {
	other, ok := elements(v)
	if !ok {
		return nil, nil, errOperandType
	}
	if before == nil {
		return nil, other, nil
	}
	if TypeOf(before) != TypeOf(v) {
		return nil, nil, errOperandType
	}
	all, _ = elements(before)
	return all, other, nil
}
