package bus

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// test is one alternative for a leaf: a predicate, or absence.
type test struct {
	leaf   func(value any) bool
	absent bool
}

// numericLimit bounds the numbers that a numeric comparison takes, either way.
const numericLimit = 5e9

// compileTest reads one element of a leaf's array: a value to equal, or an object with one comparison.
func compileTest(where string, value any) (test, error) {
	comparison, ok := value.(map[string]any)
	if !ok {
		if _, isArray := value.([]any); isArray {
			return test{}, fmt.Errorf("%s: an array within an array is not a match", where)
		}
		return test{leaf: func(v any) bool { return v == value }}, nil
	}
	if len(comparison) != 1 {
		return test{}, fmt.Errorf("%s: must hold exactly one comparison, not %d", where, len(comparison))
	}
	for name, operand := range comparison {
		where += "/" + name
		switch name {
		case "exists":
			wanted, ok := operand.(bool)
			if !ok {
				return test{}, fmt.Errorf("%s: must be true or false", where)
			}
			if wanted {
				return test{leaf: func(any) bool { return true }}, nil
			}
			return test{absent: true}, nil
		case "numeric":
			leaf, err := compileNumeric(where, operand)
			return test{leaf: leaf}, err
		case "anything-but":
			leaf, err := compileAnythingBut(where, operand)
			return test{leaf: leaf}, err
		default:
			leaf, err := compileText(where, name, operand)
			return test{leaf: leaf}, err
		}
	}
	panic("unreachable: a map of length one has an element")
}

// compileText reads the comparisons that take text: prefix, suffix (both also of {"equals-ignore-case": …}),
// equals-ignore-case and wildcard.
func compileText(where, name string, operand any) (func(any) bool, error) {
	fold := false
	if inner, ok := operand.(map[string]any); ok && (name == "prefix" || name == "suffix") && len(inner) == 1 {
		if folded, ok := inner["equals-ignore-case"]; ok {
			fold, operand = true, folded
		}
	}
	want, isText := operand.(string)
	var holds func(got string) bool
	switch name {
	case "prefix":
		holds = func(got string) bool {
			return len(got) >= len(want) && equal(got[:len(want)], want, fold)
		}
	case "suffix":
		holds = func(got string) bool {
			return len(got) >= len(want) && equal(got[len(got)-len(want):], want, fold)
		}
	case "equals-ignore-case":
		holds = func(got string) bool { return strings.EqualFold(got, want) }
	case "wildcard":
		parts, err := splitWildcard(want)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
		holds = func(got string) bool { return matchWildcard(parts, got) }
	default:
		return nil, fmt.Errorf("%s: the comparison %q is not supported here", where, name)
	}
	if !isText {
		return nil, fmt.Errorf("%s: must be a string", where)
	}
	return func(v any) bool {
		got, ok := v.(string)
		return ok && holds(got)
	}, nil
}

func equal(a, b string, fold bool) bool {
	if fold {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// compileAnythingBut reads a value, a list of values, or a text comparison of a string or a list of strings. It holds
// for a leaf that is there and equals, or meets, none of them.
func compileAnythingBut(where string, operand any) (func(any) bool, error) {
	refused := []func(any) bool{}
	add := func(where, comparison string, value any) error {
		if comparison != "" {
			holds, err := compileText(where, comparison, value)
			refused = append(refused, holds)
			return err
		}
		switch value.(type) {
		case string, number:
			refused = append(refused, func(v any) bool { return v == value })
			return nil
		default:
			return fmt.Errorf("%s: must be a string or a number", where)
		}
	}
	comparison := ""
	if inner, ok := operand.(map[string]any); ok {
		if len(inner) != 1 {
			return nil, fmt.Errorf("%s: must hold exactly one comparison, not %d", where, len(inner))
		}
		for name, value := range inner {
			comparison, operand, where = name, value, where+"/"+name
		}
	}
	list, ok := operand.([]any)
	if !ok {
		list = []any{operand}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: empty arrays are not allowed", where)
	}
	for i, value := range list {
		if err := add(fmt.Sprintf("%s/%d", where, i), comparison, value); err != nil {
			return nil, err
		}
	}
	return func(v any) bool {
		for _, holds := range refused {
			if holds(v) {
				return false
			}
		}
		return true
	}, nil
}

// compileNumeric reads one comparison such as ["=", 5], or a range such as [">", 0, "<=", 5].
func compileNumeric(where string, operand any) (func(any) bool, error) {
	list, _ := operand.([]any)
	if len(list) != 2 && len(list) != 4 {
		return nil, fmt.Errorf("%s: must be an array of one or two pairs of operator and number", where)
	}
	var holds []func(float64) bool
	for i := 0; i < len(list); i += 2 {
		operator, _ := list[i].(string)
		bound, ok := bounded(list[i+1])
		if !ok {
			return nil, fmt.Errorf("%s/%d: must be a number within ±5,000,000,000", where, i+1)
		}
		compare, ok := map[string]func(float64) bool{
			"=":  func(v float64) bool { return v == bound },
			"<":  func(v float64) bool { return v < bound },
			"<=": func(v float64) bool { return v <= bound },
			">":  func(v float64) bool { return v > bound },
			">=": func(v float64) bool { return v >= bound },
		}[operator]
		if !ok {
			return nil, fmt.Errorf("%s/%d: the operator %q is not supported", where, i, operator)
		}
		if len(list) == 4 && (operator == "=" || (operator[0] == '<') != (i == 2)) {
			return nil, fmt.Errorf("%s: a range is a lower bound, then an upper bound", where)
		}
		holds = append(holds, compare)
	}
	return func(v any) bool {
		got, ok := bounded(v)
		for _, compare := range holds {
			ok = ok && compare(got)
		}
		return ok
	}, nil
}

func bounded(v any) (float64, bool) {
	text, ok := v.(number)
	if !ok {
		return 0, false
	}
	value, err := strconv.ParseFloat(string(text), 64)
	return value, err == nil && math.Abs(value) <= numericLimit
}
