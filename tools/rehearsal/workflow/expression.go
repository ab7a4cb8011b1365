package workflow

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/rhysd/actionlint"
)

// Values is what expressions may name: github, inputs, vars, matrix and steps, each an object. A missing property of an
// object is null, as on GitHub; a missing object is an error.
type Values map[string]any

// Failed is the key of Values that says whether an earlier step failed.
const Failed = "failed"

// with is v with one more object.
func (v Values) with(name string, object any) Values {
	all := maps.Clone(v)
	all[name] = object
	return all
}

// Interpolate replaces each `${{ … }}` of a text.
func (v Values) Interpolate(text string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		inner, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return "", fmt.Errorf("%q: an expression has no end", text)
		}
		value, err := v.Evaluate(inner)
		if err != nil {
			return "", err
		}
		b.WriteString(asText(value))
		text = after
	}
}

// Condition evaluates an `if`. As on GitHub, a step runs only after success unless the condition asks for a state.
func (v Values) Condition(condition *actionlint.String) (bool, error) {
	failed, _ := v[Failed].(bool)
	if condition == nil {
		return !failed, nil
	}
	text := strings.TrimSpace(condition.Value)
	text = strings.TrimSuffix(strings.TrimPrefix(text, "${{"), "}}")
	value, err := v.Evaluate(text)
	if err != nil {
		return false, err
	}
	asksState := strings.Contains(text, "failure()") || strings.Contains(text, "always()")
	return isTrue(value) && (asksState || !failed), nil
}

// Evaluate evaluates an expression, without its `${{` and `}}`.
func (v Values) Evaluate(text string) (any, error) {
	node, wrong := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(text + "}}"))
	if wrong != nil {
		return nil, fmt.Errorf("expression %q: %w", strings.TrimSpace(text), wrong)
	}
	value, err := v.evaluate(node)
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", strings.TrimSpace(text), err)
	}
	return value, nil
}

func (v Values) evaluate(node actionlint.ExprNode) (any, error) {
	switch node := node.(type) {
	case *actionlint.StringNode:
		return node.Value, nil
	case *actionlint.BoolNode:
		return node.Value, nil
	case *actionlint.NullNode:
		return nil, nil
	case *actionlint.VariableNode:
		value, known := v[node.Name]
		if !known {
			return nil, fmt.Errorf("%s is not known here", node.Name)
		}
		return value, nil
	case *actionlint.ObjectDerefNode:
		receiver, err := v.evaluate(node.Receiver)
		if err != nil {
			return nil, err
		}
		object, _ := receiver.(map[string]any)
		for name, value := range object { // names have no case
			if strings.EqualFold(name, node.Property) {
				return value, nil
			}
		}
		return nil, nil
	case *actionlint.NotOpNode:
		value, err := v.evaluate(node.Operand)
		return !isTrue(value), err
	case *actionlint.LogicalOpNode:
		left, err := v.evaluate(node.Left)
		if err != nil || isTrue(left) == (node.Kind == actionlint.LogicalOpNodeKindOr) {
			return left, err
		}
		return v.evaluate(node.Right)
	case *actionlint.CompareOpNode:
		left, err := v.evaluate(node.Left)
		if err != nil {
			return nil, err
		}
		right, err := v.evaluate(node.Right)
		if err != nil || !node.Kind.IsEqualityOp() {
			return nil, orUnknown(err, node.Kind.String())
		}
		same := strings.EqualFold(asText(left), asText(right))
		return same == (node.Kind == actionlint.CompareOpNodeKindEq), nil
	case *actionlint.FuncCallNode:
		return v.call(node)
	default:
		return nil, orUnknown(nil, fmt.Sprintf("%T", node))
	}
}

func (v Values) call(node *actionlint.FuncCallNode) (any, error) {
	failed, _ := v[Failed].(bool)
	switch name := strings.ToLower(node.Callee); name {
	case "always":
		return true, nil
	case "failure":
		return failed, nil
	case "success":
		return !failed, nil
	case "fromjson":
		text, err := v.evaluate(node.Args[0])
		if err != nil {
			return nil, err
		}
		var value any
		err = json.Unmarshal([]byte(asText(text)), &value)
		return value, err
	default:
		return nil, orUnknown(nil, name+"()")
	}
}

// orUnknown is err, or that this package lacks a part of GitHub's expressions.
func orUnknown(err error, part string) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%s is not understood here; add it to tools/rehearsal/workflow/expression.go", part)
}

func isTrue(value any) bool {
	return value != nil && value != "" && value != false && value != 0.0
}

func asText(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
