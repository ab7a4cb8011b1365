// Package expression evaluates DynamoDB's condition, key condition, update and projection expressions, with exact
// numbers. It is strict: what DynamoDB refuses, such as a reserved word for a name or a value that no expression uses,
// is an error here.
//
// Source: Amazon DynamoDB Developer Guide, "Using expressions in DynamoDB".
package expression

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Scope holds the placeholders of one request and notes which of them its expressions use.
type Scope struct {
	names  map[string]string
	values map[string]Value
	used   map[string]bool
}

// NewScope takes ExpressionAttributeNames and ExpressionAttributeValues.
func NewScope(names map[string]string, values map[string]Value) *Scope {
	return &Scope{names: names, values: values, used: make(map[string]bool)}
}

// Unused is an error that names the placeholders which no expression used.
func (s *Scope) Unused() error {
	for _, c := range []struct {
		what string
		keys []string
	}{
		{"ExpressionAttributeNames", slices.Sorted(maps.Keys(s.names))},
		{"ExpressionAttributeValues", slices.Sorted(maps.Keys(s.values))},
	} {
		unused := slices.DeleteFunc(c.keys, func(key string) bool { return s.used[key] })
		if len(unused) > 0 {
			return says("Value provided in %s unused in expressions: keys: {%s}", c.what, strings.Join(unused, ", "))
		}
	}
	return nil
}

// says is an error in DynamoDB's own words, which begin with a capital.
func says(format string, args ...any) error { return fmt.Errorf(format, args...) }

// parser reads one expression. The first error stops it, by panic with a syntax value that parse recovers.
type parser struct {
	scope  *Scope
	tokens []token
}

type syntax struct{ error }

// maxExpression is DynamoDB's longest expression, in bytes. It also bounds the depth of parentheses.
const maxExpression = 4096

// parse runs a rule over a whole expression. kind is the name of the request's field, for errors.
func parse[T any](s *Scope, kind, text string, rule func(*parser) T) (result T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			wrong, ok := cause.(syntax)
			if !ok {
				panic(cause)
			}
			err = says("Invalid %s: %w", kind, wrong.error)
		}
	}()
	p := &parser{scope: s, tokens: split(text)}
	if len(text) > maxExpression {
		p.fail("Expression size has exceeded the maximum allowed size;")
	}
	if len(p.tokens) == 0 {
		p.fail("The expression can not be empty;")
	}
	result = rule(p)
	if len(p.tokens) > 0 {
		p.unexpected()
	}
	return result, nil
}

func (p *parser) fail(format string, args ...any) { panic(syntax{fmt.Errorf(format, args...)}) }

func (p *parser) unexpected() {
	near := p.peek()
	if near == "" {
		near = "<EOF>"
	}
	p.fail("Syntax error; token: %q", string(near))
}

func (p *parser) peek() token {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *parser) next() token {
	t := p.peek()
	if t == "" {
		p.unexpected()
	}
	p.tokens = p.tokens[1:]
	return t
}

// accept takes the next token if it is the keyword or sign.
func (p *parser) accept(keyword string) bool {
	if !p.peek().is(keyword) {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *parser) expect(keyword string) {
	if !p.accept(keyword) {
		p.unexpected()
	}
}

// list reads what rule reads, separated by commas.
func list[T any](p *parser, rule func() T) []T {
	all := []T{rule()}
	for p.accept(",") {
		all = append(all, rule())
	}
	return all
}

// path reads a document path: a name, then .names and [indexes].
func (p *parser) path() Path {
	path := Path{{name: p.name()}}
	for {
		switch {
		case p.accept("."):
			path = append(path, element{name: p.name()})
		case p.accept("["):
			index, err := strconv.Atoi(string(p.next()))
			if err != nil {
				p.fail("Syntax error; list index is no number")
			}
			path = append(path, element{index: index, indexed: true})
			p.expect("]")
		default:
			return path
		}
	}
}

func (p *parser) name() string {
	t := string(p.peek())
	switch {
	case t == "" || !letter(t[0]) && t[0] != '#':
		p.unexpected()
	case isReserved(t):
		p.fail("Attribute name is a reserved keyword; reserved keyword: %s", t)
	}
	p.next()
	if t[0] != '#' {
		return t
	}
	name, ok := p.scope.names[t]
	if !ok {
		p.fail("An expression attribute name used in the document path is not defined; attribute name: %s", t)
	}
	p.scope.used[t] = true
	return name
}

// value reads a :placeholder.
func (p *parser) value() Value {
	t := string(p.next())
	v, ok := p.scope.values[t]
	if !ok {
		p.fail("An expression attribute value used in expression is not defined; attribute value: %s", t)
	}
	p.scope.used[t] = true
	return v
}
