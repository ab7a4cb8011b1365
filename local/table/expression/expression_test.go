package expression

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func s(v string) Value { return &types.AttributeValueMemberS{Value: v} }
func n(v string) Value { return &types.AttributeValueMemberN{Value: v} }
func m(v Item) Value   { return &types.AttributeValueMemberM{Value: v} }
func l(v ...Value) Value {
	return &types.AttributeValueMemberL{Value: v}
}
func ss(v ...string) Value { return &types.AttributeValueMemberSS{Value: v} }

// sample has a value of each kind that conditions look at.
func sample() Item {
	return Item{
		"id": s("a"), "nul": &types.AttributeValueMemberNULL{Value: true}, "big": n("12345678901234567890.123456789"),
		"d":    m(Item{"lease": n("100"), "e": m(Item{"f": s("x")}), "state": s("claimed")}),
		"l":    l(s("a"), n("2"), s("c")),
		"tags": ss("one", "two"),
	}
}

func placeholders() (map[string]string, map[string]Value) {
	return map[string]string{"#d": "d", "#l": "lease", "#state": "state"}, map[string]Value{
		":a": s("a"), ":x": s("x"), ":c": s("c"), ":99": n("99"), ":100": n("1E2"), ":101": n("101"), ":3": n("3"),
		":null": s("NULL"), ":bad": s("TEXT"), ":big": n("12345678901234567890.123456788"), ":yes": &types.AttributeValueMemberBOOL{Value: true},
		":one": ss("one"), ":two": s("two"), ":more": ss("two", "three"), ":list": l(s("z")), ":map": m(Item{"k": n("1")}),
	}
}

// A condition holds exactly where DynamoDB says so; what DynamoDB refuses is refused.
func TestConditions(t *testing.T) {
	for text, want := range map[string]string{
		"attribute_exists(id)":                        "true",
		"attribute_not_exists(id)":                    "false",
		"attribute_exists(nul)":                       "true", // A null is a value.
		"attribute_not_exists(nowhere.x[3].y)":        "true",
		"attribute_exists(d.e.f)":                     "true",
		"#d.#l < :101 AND d.e.f = :x":                 "true",
		"#d.#l = :100":                                "true", // By value, not by text.
		"big = :big":                                  "false",
		"big > :big":                                  "true",
		"d.lease <= :99 OR id = :a":                   "true",
		"id = :x OR id = :a AND id = :c":              "false", // AND binds first.
		"(id = :x OR id = :a) AND NOT id = :c":        "true",
		"id = :99":                                    "false",
		"id < :99":                                    "false",
		"nowhere = :a":                                "false",
		"nowhere <> :a":                               "true",
		"NOT nowhere = :a":                            "true",
		"id BETWEEN :a AND :c":                        "true",
		"d.lease between :101 and :101":               "false",
		"id IN (:x, :a)":                              "true",
		"nowhere IN (:x, :a)":                         "false",
		"begins_with(id, :a)":                         "true",
		"begins_with(nowhere, :a)":                    "false",
		"contains(l, :c)":                             "true",
		"contains(tags, :two)":                        "true",
		"contains(tags, :a)":                          "false",
		"size(l) = :3":                                "true",
		"size(nowhere) = :3":                          "false",
		"attribute_type(nul, :null)":                  "true",
		"attribute_type(id, :null)":                   "false",
		"l[1] < :3":                                   "true",
		"attribute_not_exists(d.x) OR d.#state <> :x": "true",
		strings.Repeat("(", 4097):                     "Expression size",
		"":                                            "The expression can not be empty",
		"id":                                          "Syntax error",
		"id = :a )":                                   "Syntax error",
		"(id = :a":                                    "Syntax error",
		"id == :a":                                    "Syntax error",
		"id = :nope":                                  "attribute value: :nope",
		"#nope = :a":                                  "attribute name: #nope",
		"status = :a":                                 "reserved keyword: status",
		"d.state = :a":                                "reserved keyword: state",
		"bogus(id, :a)":                               "Invalid function name; function: bogus",
		"attribute_exists(id, :a)":                    "Incorrect number of operands",
		"attribute_exists(:a)":                        "requires a document path",
		"id < :yes":                                   "operand type: BOOL",
		"begins_with(id, :99)":                        "operand type: N",
		"attribute_type(id, :bad)":                    "Invalid attribute type name",
		"id = \"a\"":                                  "Syntax error",
		"l[x] = :a":                                   "Syntax error",
		strings.Repeat("(", 3) + "id = :a" + "))":     "Syntax error",
		"id = :a AND":                                 "Syntax error",
		"SET id = :a":                                 "reserved keyword: SET",
	} {
		got := ""
		if holds, err := ParseCondition(NewScope(placeholders()), "ConditionExpression", text); err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprint(holds(sample()))
		}
		if got != want && (want == "true" || want == "false" || !strings.Contains(got, want)) {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// An update changes what it names and nothing else, reads the item as it was before, and leaves that item as it was.
func TestUpdates(t *testing.T) {
	for text, want := range map[string]string{
		"SET d.lease = :101":                       `d.lease: 101`,
		"SET #d.#l = #d.#l + :3, x = d.lease":      `d.lease: 103, x: 100`,
		"SET x = big - :big":                       `x: 0.000000001`,
		"SET x = if_not_exists(x, :3) + :3":        `x: 6`,
		"SET d.lease = if_not_exists(d.lease, :3)": ``,
		"SET l = list_append(l, :list)":            `l[3]: z`,
		"SET l[1] = :a, l[9] = :c":                 `l[1]: a, l[3]: c`,
		"SET x = :map REMOVE d.e":                  `d.e: gone, x.k: 1`,
		"REMOVE l[0], l[1]":                        `l[0]: c, l[1]: gone, l[2]: gone`,
		"REMOVE nowhere.x, nowhere2":               ``,
		"ADD d.lease :3":                           `d.lease: 103`,
		"ADD count_ :3":                            `count_: 3`,
		"ADD tags :more":                           `tags: [one two three]`,
		"DELETE tags :more":                        `tags: [one]`,
		"DELETE tags :one SET x = :a":              `tags: [two], x: a`,
		"SET nowhere.x = :a":                       "document path provided in the update expression is invalid",
		"SET id.x = :a":                            "part of the key",
		"SET d.lease.x = :a":                       "document path provided in the update expression is invalid",
		"SET id = :a":                              "part of the key",
		"REMOVE id":                                "part of the key",
		"SET d = :map, d.lease = :3":               "Two document paths overlap",
		"SET x = nowhere":                          "attribute that does not exist",
		"SET x = id + :3":                          "incorrect data type",
		"ADD d.e :3":                               "incorrect data type",
		"ADD tags :map":                            "incorrect data type",
		"SET x = :3 SET y = :3":                    `"SET" section can only be used once`,
		"SET x = bogus(x)":                         "Invalid function name",
		"SET x :3":                                 "Syntax error",
		"x = :3":                                   "Syntax error",
		"SET":                                      "Syntax error",
		"":                                         "can not be empty",
	} {
		before := sample()
		got := ""
		u, err := ParseUpdate(NewScope(placeholders()), text, "id", "")
		if err == nil {
			var after Item
			if after, err = u.Apply(before); err == nil {
				got = strings.Join(differences("", m(sample()), m(after)), ", ")
			}
		}
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || want == "" || !strings.Contains(got, want)) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
		if !Equal(m(before), m(sample())) {
			t.Errorf("%s: the item before has changed", text)
		}
	}
}

// differences lists what b has otherwise than a, sorted by path.
func differences(path string, a, b Value) []string {
	if Equal(a, b) {
		return nil
	}
	all := map[string][2]Value{}
	sub := func(name string, side int, v Value) {
		pair := all[name]
		pair[side] = v
		all[name] = pair
	}
	for side, v := range []Value{a, b} {
		switch v := v.(type) {
		case *types.AttributeValueMemberM:
			for name, inner := range v.Value {
				sub(strings.TrimPrefix(path+"."+name, "."), side, inner)
			}
		case *types.AttributeValueMemberL:
			for i, inner := range v.Value {
				sub(fmt.Sprintf("%s[%d]", path, i), side, inner)
			}
		}
	}
	if len(all) == 0 || b == nil {
		return []string{path + ": " + text(b)}
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		found = append(found, differences(name, all[name][0], all[name][1])...)
	}
	return found
}

func text(v Value) string {
	switch v := v.(type) {
	case nil:
		return "gone"
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberSS:
		return fmt.Sprint(v.Value)
	default:
		encoded, _ := json.Marshal(v)
		return string(encoded)
	}
}

// Numbers are exact, have one spelling, and keep DynamoDB's limits.
func TestNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0.00": "0", "1.50": "1.5", "007": "7", ".5": "0.5", "1e3": "1000", "12E-4": "0.0012", "-1.5e1": "-15",
		"187.14999999999999999999": "187.14999999999999999999", "100": "100", "1e125": "1" + strings.Repeat("0", 125),
		strings.Repeat("9", 38): strings.Repeat("9", 38), strings.Repeat("9", 39): "38 significant digits",
		strings.Repeat("0", 1e6) + "12": "12", "1" + strings.Repeat("0", 1e6): "overflow", strings.Repeat("9", 1e6): "significant",
		"0." + strings.Repeat("0", 1e6): "0",
		"1e126":                         "overflow", "1e-131": "underflow", "1e-130": "0." + strings.Repeat("0", 129) + "1",
		"": "numeric value", "NaN": "numeric value", "0x1": "numeric value", "1_0": "numeric value", "1.": "numeric value",
		"1e": "numeric value", "--1": "numeric value", "+": "numeric value", "1e99999999999": "numeric value",
	} {
		got, err := ParseNumber(in)
		if err != nil {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q: error %v, want %s", in, err, want)
			}
			continue
		}
		if got.String() != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

// Arithmetic and order agree with rational numbers.
func TestArithmetic(t *testing.T) {
	all := []string{"0", "1", "-1", "0.1", "-0.25", "100", "1e20", "-1e-20", "12345.6789", "9.99"}
	for _, x := range all {
		for _, y := range all {
			a, _ := ParseNumber(x)
			b, _ := ParseNumber(y)
			p, _ := new(big.Rat).SetString(x)
			q, _ := new(big.Rat).SetString(y)
			if got, want := a.Compare(b), p.Cmp(q); got != want {
				t.Errorf("%s <=> %s: got %d, want %d", x, y, got, want)
			}
			for sign, pair := range map[string]struct {
				got  func(Number) (Number, error)
				want *big.Rat
			}{"+": {a.Add, new(big.Rat).Add(p, q)}, "-": {a.Subtract, new(big.Rat).Sub(p, q)}} {
				got, err := pair.got(b)
				if err != nil {
					if !strings.Contains(err.Error(), "significant digits") {
						t.Errorf("%s %s %s: %v", x, sign, y, err)
					}
					continue
				}
				if r, ok := new(big.Rat).SetString(got.String()); !ok || r.Cmp(pair.want) != 0 {
					t.Errorf("%s %s %s: got %s, want %s", x, sign, y, got, pair.want.RatString())
				}
			}
		}
	}
}

// A query names the hash key once, by equality, and nothing but the keys; a projection keeps the way to what it picks.
func TestKeyConditionsAndProjections(t *testing.T) {
	for text, want := range map[string]bool{
		"id = :a": true, "id = :a AND big > :99": true, "(id = :a) AND (big BETWEEN :99 AND :big)": true, "big > :99 AND id = :a": true,
		"id > :a": false, "begins_with(id, :a)": false, "big > :99": false, "id = :a AND id = :a": false, "id = :a AND d = :a": false,
		"id = :a OR big > :99": false, "id = :a AND big <> :99": false, "id = :a AND big IN (:99)": false, "NOT id = :a": false,
		"id = :a AND big > :99 AND big < :99": false,
	} {
		if _, err := ParseKeyCondition(NewScope(placeholders()), text, "id", "big"); (err == nil) != want {
			t.Errorf("%s: error %v, want accepted: %v", text, err, want)
		}
	}
	for text, want := range map[string]Item{
		"id, nowhere":       {"id": s("a")},
		"#d.e.f, l[2],l[0]": {"d": m(Item{"e": m(Item{"f": s("x")})}), "l": l(s("a"), s("c"))},
		"nowhere.x":         {},
	} {
		p, err := ParseProjection(NewScope(placeholders()), text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := p.Of(sample()); !Equal(m(got), m(want)) {
			t.Errorf("%s: got other than wanted: %v", text, differences("", m(want), m(got)))
		}
	}
	if _, err := ParseProjection(NewScope(placeholders()), "d, d.e"); err == nil {
		t.Error("overlapping paths were accepted")
	}
}

// A placeholder that no expression uses is refused: it is a sign of a mistake.
func TestUnused(t *testing.T) {
	scope := NewScope(map[string]string{"#a": "a", "#b": "b"}, map[string]Value{":a": s("a")})
	if _, err := ParseCondition(scope, "ConditionExpression", "#a = :a"); err != nil {
		t.Fatal(err)
	}
	if err := scope.Unused(); err == nil || !strings.Contains(err.Error(), "ExpressionAttributeNames unused in expressions: keys: {#b}") {
		t.Errorf("unused: got %v", err)
	}
}

// No text makes the parsers crash.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"id = :a", "SET a.b[1] = if_not_exists(a, :a) + :3", "NOT (a IN (:a, :x))", "#d[", "size(", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		if holds, err := ParseCondition(NewScope(placeholders()), "ConditionExpression", text); err == nil {
			holds(sample())
			holds(nil)
		}
		if u, err := ParseUpdate(NewScope(placeholders()), text, "id"); err == nil {
			_, _ = u.Apply(sample())
		}
		if p, err := ParseProjection(NewScope(placeholders()), text); err == nil {
			p.Of(sample())
		}
		_, _ = ParseKeyCondition(NewScope(placeholders()), text, "id", "big")
		_, _ = ParseNumber(text)
	})
}
