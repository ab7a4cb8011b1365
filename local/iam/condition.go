package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// test compares a condition key's value with one value of a policy.
type test func(want, got string) bool

// operator finds a condition operator: its test, whether it is negated, and whether an absent key passes.
func operator(name string) (compare test, negated, ifExists, ok bool) {
	name, ifExists = strings.CutSuffix(name, "IfExists")
	switch name {
	case "StringEquals":
		compare = func(want, got string) bool { return want == got }
	case "StringNotEquals":
		compare, negated = func(want, got string) bool { return want == got }, true
	case "StringLike":
		compare = like
	case "StringNotLike":
		compare, negated = like, true
	case "ArnEquals", "ArnLike":
		compare = arnLike
	case "Bool":
		compare = strings.EqualFold
	default:
		return nil, false, false, false
	}
	return compare, negated, ifExists, true
}

// knownKey reports whether a request can carry a condition key. Names of keys are case-insensitive.
func knownKey(name string) bool {
	switch strings.ToLower(name) {
	case "aws:securetransport", "aws:sourcearn", "aws:sourceaccount", "s3:prefix":
		return true
	default:
		return false
	}
}

func checkConditions(conditions map[string]map[string]oneOrMore[scalar]) (wrong []error) {
	for _, name := range slices.Sorted(maps.Keys(conditions)) {
		if _, _, _, ok := operator(name); !ok {
			wrong = append(wrong, fmt.Errorf("condition operator %q: not supported by the local cloud", name))
		}
		for _, key := range slices.Sorted(maps.Keys(conditions[name])) {
			if !knownKey(key) {
				wrong = append(wrong, fmt.Errorf("condition key %q: not supported by the local cloud", key))
			}
			for _, value := range conditions[name][key] {
				if strings.Contains(string(value), "${") {
					wrong = append(wrong, fmt.Errorf("condition value %q: policy variables are not supported", value))
				}
			}
		}
	}
	return wrong
}

// lowered holds condition keys by their lower-case names. A call over the loopback interface counts as one over TLS,
// because over TLS it will be.
func lowered(context map[string]string) map[string]string {
	all := map[string]string{"aws:securetransport": "true"}
	for key, value := range context {
		all[strings.ToLower(key)] = value
	}
	return all
}

// holds reports whether every condition of a statement passes: keys and operators are joined by and, values by or.
func (s statement) holds(context map[string]string) bool {
	for name, keys := range s.Condition {
		compare, negated, ifExists, _ := operator(name)
		for key, values := range keys {
			got, present := context[strings.ToLower(key)]
			if !present {
				if !negated && !ifExists {
					return false
				}
				continue
			}
			matched := slices.ContainsFunc(values, func(want scalar) bool { return compare(string(want), got) })
			if matched == negated {
				return false
			}
		}
	}
	return true
}

// like matches a pattern in which * stands for any text and ? for any one character.
func like(pattern, text string) bool {
	// star is where to come back to: the last * seen, and the text it has swallowed so far.
	star, swallowed := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, swallowed = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			swallowed++
			p, t = star+1, swallowed
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// arnLike matches ARNs part by part, so that a * does not reach over a colon of the first five.
func arnLike(pattern, arn string) bool {
	want, got := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !like(want[i], got[i]) {
			return false
		}
	}
	return true
}
