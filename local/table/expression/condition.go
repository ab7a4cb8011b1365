package expression

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Condition is a condition or filter over an item. Nil holds always.
type Condition func(Item) bool

// ParseCondition reads a condition. kind is the name of the request's field, such as ConditionExpression.
func ParseCondition(s *Scope, kind, text string) (Condition, error) {
	return parse(s, kind, text, (*parser).or)
}

func (p *parser) or() Condition {
	c := p.and()
	for p.accept("OR") {
		left, right := c, p.and()
		c = func(i Item) bool { return left(i) || right(i) }
	}
	return c
}

func (p *parser) and() Condition {
	c := p.not()
	for p.accept("AND") {
		left, right := c, p.not()
		c = func(i Item) bool { return left(i) && right(i) }
	}
	return c
}

func (p *parser) not() Condition {
	if p.accept("NOT") {
		c := p.not()
		return func(i Item) bool { return !c(i) }
	}
	if p.accept("(") {
		c := p.or()
		p.expect(")")
		return c
	}
	if c := p.predicate(); c != nil {
		return c
	}
	return p.comparison()
}

// operand yields a value of an item, or a constant; nil where the item has none.
type operand struct {
	of func(Item) Value
	// path is nil for what is not one, constant is nil for what depends on the item.
	path     Path
	constant Value
}

func (p *parser) operand() operand {
	switch t := p.peek(); {
	case strings.HasPrefix(string(t), ":"):
		v := p.value()
		return operand{of: func(Item) Value { return v }, constant: v}
	case t == "size" && len(p.tokens) > 1 && p.tokens[1] == "(":
		p.next()
		p.expect("(")
		inner := p.operand()
		p.expect(")")
		return operand{of: func(i Item) Value { return size(inner.of(i)) }}
	default:
		path := p.path()
		return operand{of: path.Get, path: path}
	}
}

// size is a number; nil for what has none.
func size(v Value) Value {
	var n int
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		n = len(v.Value)
	case *types.AttributeValueMemberB:
		n = len(v.Value)
	case *types.AttributeValueMemberL:
		n = len(v.Value)
	case *types.AttributeValueMemberM:
		n = len(v.Value)
	default:
		members, ok := elements(v)
		if !ok {
			return nil
		}
		n = len(members)
	}
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

// comparison reads a comparison of two operands, BETWEEN or IN. With an operand that the item lacks none holds, but <>.
func (p *parser) comparison() Condition {
	left := p.operand()
	switch {
	case p.accept("BETWEEN"):
		low := p.orderable(p.operand())
		p.expect("AND")
		high := p.orderable(p.operand())
		return func(i Item) bool {
			v := left.of(i)
			from, ok1 := compare(low.of(i), v)
			to, ok2 := compare(v, high.of(i))
			return ok1 && ok2 && from <= 0 && to <= 0
		}
	case p.accept("IN"):
		p.expect("(")
		all := list(p, p.operand)
		p.expect(")")
		return func(i Item) bool {
			v := left.of(i)
			return v != nil && slices.ContainsFunc(all, func(o operand) bool { return Equal(v, o.of(i)) })
		}
	}
	sign := p.next()
	switch sign {
	case "=":
		right := p.operand()
		return func(i Item) bool { v := left.of(i); return v != nil && Equal(v, right.of(i)) }
	case "<>":
		right := p.operand()
		return func(i Item) bool { v := left.of(i); return v == nil || !Equal(v, right.of(i)) }
	}
	holds := func(int) bool { return false }
	switch sign {
	case "<":
		holds = func(order int) bool { return order < 0 }
	case "<=":
		holds = func(order int) bool { return order <= 0 }
	case ">":
		holds = func(order int) bool { return order > 0 }
	case ">=":
		holds = func(order int) bool { return order >= 0 }
	default:
		p.fail("Syntax error; token: %q", string(sign))
	}
	right := p.orderable(p.operand())
	return func(i Item) bool {
		order, ok := compare(left.of(i), right.of(i))
		return ok && holds(order)
	}
}

// orderable refuses a constant that has no order.
func (p *parser) orderable(o operand) operand {
	if o.constant != nil {
		if _, ok := compare(o.constant, o.constant); !ok {
			p.fail("Incorrect operand type for operator or function; operand type: %s", TypeOf(o.constant))
		}
	}
	return o
}

// predicate reads a function that is a condition; nil where the next token is not one.
func (p *parser) predicate() Condition {
	name := p.peek()
	if len(p.tokens) < 2 || p.tokens[1] != "(" || name == "size" {
		return nil
	}
	p.next()
	p.expect("(")
	args := list(p, p.operand)
	p.expect(")")
	want := 2
	if name == "attribute_exists" || name == "attribute_not_exists" {
		want = 1
	}
	if len(args) != want {
		p.fail("Incorrect number of operands for operator or function; "+
			"operator or function: %s, number of operands: %d", name, len(args))
	}
	if args[0].path == nil && name != "contains" && name != "begins_with" {
		p.fail("Operator or function requires a document path; operator or function: %s", name)
	}
	switch name {
	case "attribute_exists":
		return func(i Item) bool { return args[0].of(i) != nil }
	case "attribute_not_exists":
		return func(i Item) bool { return args[0].of(i) == nil }
	case "attribute_type":
		return p.attributeType(args)
	case "begins_with":
		if t := TypeOf(args[1].constant); t != "" && t != "S" && t != "B" {
			p.fail("Incorrect operand type for operator or function; operator or function: begins_with, operand type: %s", t)
		}
		return func(i Item) bool { return beginsWith(args[0].of(i), args[1].of(i)) }
	case "contains":
		return func(i Item) bool { return contains(args[0].of(i), args[1].of(i)) }
	default:
		p.fail("Invalid function name; function: %s", name)
		return nil
	}
}

func (p *parser) attributeType(args []operand) Condition {
	name, ok := args[1].constant.(*types.AttributeValueMemberS)
	if !ok || !slices.Contains([]string{"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"}, name.Value) {
		p.fail("Invalid attribute type name found; valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}")
	}
	return func(i Item) bool { return TypeOf(args[0].of(i)) == name.Value }
}

func beginsWith(v, prefix Value) bool {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		prefix, ok := prefix.(*types.AttributeValueMemberS)
		return ok && strings.HasPrefix(v.Value, prefix.Value)
	case *types.AttributeValueMemberB:
		prefix, ok := prefix.(*types.AttributeValueMemberB)
		return ok && bytes.HasPrefix(v.Value, prefix.Value)
	default:
		return false
	}
}

// contains looks for a part of a text, a member of a set or an element of a list.
func contains(v, part Value) bool {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		part, ok := part.(*types.AttributeValueMemberS)
		return ok && strings.Contains(v.Value, part.Value)
	case *types.AttributeValueMemberB:
		part, ok := part.(*types.AttributeValueMemberB)
		return ok && bytes.Contains(v.Value, part.Value)
	case *types.AttributeValueMemberL:
		return member(v.Value, part)
	default:
		members, _ := elements(v)
		return member(members, part)
	}
}
