package bus

import (
	"fmt"
	"maps"
	"slices"
)

// Pattern is a compiled event pattern, as EventBridge rules and Lambda's filters for event sources use it.
type Pattern struct {
	root object
}

// object is the part of a pattern that describes one JSON object: every field must match, and of every group of
// alternatives at least one.
type object struct {
	fields []field
	either [][]object
}

// field asks something of the value under a name: of the object there when nested is set, or of its leaves, where one
// test that holds is enough.
type field struct {
	name   string
	nested *object
	tests  []test
}

// Compile reads a pattern. The error says where the pattern is wrong, or what in it this matcher does not support.
func Compile(pattern []byte) (*Pattern, error) {
	tree, err := parse(pattern)
	if err != nil {
		return nil, fmt.Errorf("event pattern: %w", err)
	}
	fields, ok := tree.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("event pattern: must be an object")
	}
	root, err := compileObject("", fields)
	if err != nil {
		return nil, fmt.Errorf("event pattern: %w", err)
	}
	return &Pattern{root: root}, nil
}

// Match reports whether an event, which is a JSON object, has what a pattern asks for. Both are JSON text.
//
// The comparisons are exact values, prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, exists and
// $or. A pattern that is wrong, or uses another comparison, is an error.
func Match(pattern, event []byte) (bool, error) {
	p, err := Compile(pattern)
	if err != nil {
		return false, err
	}
	return p.Match(event)
}

func compileObject(path string, fields map[string]any) (object, error) {
	var o object
	if len(fields) == 0 {
		return o, fmt.Errorf("%s: empty objects are not allowed", at(path))
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		where := path + "/" + name
		switch value := fields[name].(type) {
		case map[string]any:
			nested, err := compileObject(where, value)
			if err != nil {
				return o, err
			}
			o.fields = append(o.fields, field{name: name, nested: &nested})
		case []any:
			if name == "$or" {
				group, err := compileOr(where, value)
				if err != nil {
					return o, err
				}
				o.either = append(o.either, group)
				continue
			}
			tests, err := compileTests(where, value)
			if err != nil {
				return o, err
			}
			o.fields = append(o.fields, field{name: name, tests: tests})
		default:
			return o, fmt.Errorf("%s: must be an object or an array", where)
		}
	}
	return o, nil
}

func compileOr(where string, alternatives []any) ([]object, error) {
	if len(alternatives) < 2 {
		return nil, fmt.Errorf("%s: needs at least two alternatives", where)
	}
	group := make([]object, 0, len(alternatives))
	for i, alternative := range alternatives {
		fields, ok := alternative.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s/%d: must be an object", where, i)
		}
		o, err := compileObject(fmt.Sprintf("%s/%d", where, i), fields)
		if err != nil {
			return nil, err
		}
		group = append(group, o)
	}
	return group, nil
}

func compileTests(where string, values []any) ([]test, error) {
	if len(values) == 0 {
		return nil, fmt.Errorf("%s: empty arrays are not allowed", where)
	}
	tests := make([]test, 0, len(values))
	for i, value := range values {
		t, err := compileTest(fmt.Sprintf("%s/%d", where, i), value)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
	}
	return tests, nil
}

func at(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
