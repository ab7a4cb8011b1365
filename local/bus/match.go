package bus

import (
	"fmt"
	"slices"
)

// Match reports whether an event, which is a JSON object, has what the pattern asks for.
func (p *Pattern) Match(event []byte) (bool, error) {
	tree, err := parse(event)
	if err != nil {
		return false, fmt.Errorf("event: %w", err)
	}
	if _, ok := tree.(map[string]any); !ok {
		return false, fmt.Errorf("event: must be an object")
	}
	return p.root.matches(tree), nil
}

// matches looks for an object that has all of o in one place: of an array, all of it in the same element. What is not
// there has no fields, so that only a test for absence can hold in it.
func (o object) matches(value any) bool {
	if array, ok := value.([]any); ok && len(array) > 0 {
		return slices.ContainsFunc(array, o.matches)
	}
	found, _ := value.(map[string]any)
	for _, f := range o.fields {
		if !f.matches(found) {
			return false
		}
	}
	for _, group := range o.either {
		if !slices.ContainsFunc(group, func(alternative object) bool { return alternative.matches(value) }) {
			return false
		}
	}
	return true
}

func (f field) matches(in map[string]any) bool {
	value, present := in[f.name]
	if f.nested != nil {
		return f.nested.matches(value)
	}
	var leaves []any
	if present {
		leaves = appendLeaves(nil, value)
	}
	for _, t := range f.tests {
		if t.absent && len(leaves) == 0 {
			return true
		}
		if t.leaf != nil && slices.ContainsFunc(leaves, t.leaf) {
			return true
		}
	}
	return false
}

// appendLeaves collects what a test can see: a value that is neither object nor array, or those in an array, at any
// depth. An object is not a leaf: {"exists": true} does not hold for it.
func appendLeaves(leaves []any, value any) []any {
	switch value := value.(type) {
	case map[string]any:
	case []any:
		for _, element := range value {
			leaves = appendLeaves(leaves, element)
		}
	default:
		leaves = append(leaves, value)
	}
	return leaves
}
