package table

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/local/table/expression"
)

// schema is what a table, or an index, orders its items by. The name of sort is empty where there is no sort key.
type schema struct{ hash, sort key }

// key is an attribute of a schema.
type key struct{ name, kind string }

// readSchema reads a key schema, whose attributes are of those kinds.
func readSchema(elements []types.KeySchemaElement, kinds map[string]string) (s schema, err error) {
	for i, element := range elements {
		k := key{name: deref(element.AttributeName), kind: kinds[deref(element.AttributeName)]}
		if k.kind != "S" && k.kind != "N" && k.kind != "B" {
			return s, invalid("One or more parameter values were invalid: Some index key attributes are not defined in "+
				"AttributeDefinitions. Keys: [%s]", k.name)
		}
		switch {
		case i == 0 && element.KeyType == types.KeyTypeHash:
			s.hash = k
		case i == 1 && element.KeyType == types.KeyTypeRange:
			s.sort = k
		default:
			return s, invalid("Invalid KeySchema: The first KeySchemaElement is a HASH, the second a RANGE key type")
		}
	}
	if s.hash.name == "" {
		return s, invalid("Invalid KeySchema: it has no HASH key")
	}
	return s, nil
}

// keys lists the attributes of the schema.
func (s schema) keys() []key {
	if s.sort.name == "" {
		return []key{s.hash}
	}
	return []key{s.hash, s.sort}
}

// document is the schema as the API describes it.
func (s schema) document() []map[string]any {
	all := []map[string]any{{"AttributeName": s.hash.name, "KeyType": types.KeyTypeHash}}
	if s.sort.name != "" {
		all = append(all, map[string]any{"AttributeName": s.sort.name, "KeyType": types.KeyTypeRange})
	}
	return all
}

func (s schema) compare(a, b expression.Item) int {
	if order := expression.Compare(a[s.hash.name], b[s.hash.name]); order != 0 || s.sort.name == "" {
		return order
	}
	return expression.Compare(a[s.sort.name], b[s.sort.name])
}

// index is a global secondary index: the items that have its keys, ordered by them. It never lags behind the table.
type index struct {
	schema
	name       string
	projection types.ProjectionType
	// include names attributes that the index holds beside keys.
	include []string
}

func readIndex(in types.GlobalSecondaryIndex, kinds map[string]string) (*index, error) {
	keys, err := readSchema(in.KeySchema, kinds)
	if err != nil {
		return nil, err
	}
	ix := &index{schema: keys, name: deref(in.IndexName)}
	if !tableName.MatchString(ix.name) {
		return nil, invalid("IndexName must be 3 to 255 letters, digits, and characters of _-.: %q", ix.name)
	}
	if in.Projection == nil {
		return nil, invalid("One or more parameter values were invalid: Unknown ProjectionType: null")
	}
	ix.projection, ix.include = in.Projection.ProjectionType, in.Projection.NonKeyAttributes
	if (ix.projection == types.ProjectionTypeInclude) != (len(ix.include) > 0) {
		return nil, invalid("One or more parameter values were invalid: "+
			"ProjectionType is %s, and NonKeyAttributes has %d names", ix.projection, len(ix.include))
	}
	return ix, nil
}

// check refuses an item that has a key of the index, but not as the index takes it.
func (ix *index) check(item expression.Item) error {
	for _, k := range ix.keys() {
		v, there := item[k.name]
		switch s, isText := v.(*types.AttributeValueMemberS); {
		case there && expression.TypeOf(v) != k.kind:
			return invalid("One or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s "+
				"IndexName: %s", k.name, k.kind, expression.TypeOf(v), ix.name)
		case isText && s.Value == "":
			return invalid("One or more parameter values are not valid. A value specified for a secondary index key is not "+
				"supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: %s, "+
				"IndexKey: %s", ix.name, k.name)
		}
	}
	return nil
}

// of gives what the index of a table holds of an item; false for an item that is not in it.
func (ix *index) of(t *table, item expression.Item) (expression.Item, bool) {
	held := t.keyOf(item)
	for _, k := range ix.keys() {
		v, there := item[k.name]
		if !there {
			return nil, false
		}
		held[k.name] = v
	}
	if ix.projection == types.ProjectionTypeAll {
		return item, true
	}
	for _, name := range ix.include {
		if v, there := item[name]; there {
			held[name] = v
		}
	}
	return held, true
}
