package table

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/local/table/expression"
)

func (d *DynamoDB) getItem(in *dynamodb.GetItemInput) (any, error) {
	if in.AttributesToGet != nil {
		return nil, errLegacy
	}
	t, key, scope, err := d.prepare(in.TableName, in.Key, in.ExpressionAttributeNames, nil)
	if err == nil {
		err = t.exactly(key)
	}
	if err != nil {
		return nil, err
	}
	projection, err := projectionOf(scope, in.ProjectionExpression)
	if err == nil {
		err = scope.Unused()
	}
	if err != nil {
		return nil, err
	}
	id, err := t.identify(key)
	if err != nil {
		return nil, err
	}
	t.mu.RLock()
	item, ok := t.items[id]
	t.mu.RUnlock()
	if !ok {
		return map[string]any{}, nil
	}
	return map[string]any{"Item": projection.Of(item)}, nil
}

func projectionOf(s *expression.Scope, text *string) (expression.Projection, error) {
	if text == nil {
		return nil, nil
	}
	return expression.ParseProjection(s, *text)
}

// selection is a Query or a Scan.
type selection struct {
	table, index string
	names        map[string]string
	// keys is nil for a Scan.
	keys, filter, projection *string
	values                   map[string]expression.Value
	limit                    *int32
	after                    map[string]expression.Value
	backward                 bool
	count                    types.Select
}

func (d *DynamoDB) query(in *dynamodb.QueryInput) (any, error) {
	if in.KeyConditions != nil || in.QueryFilter != nil || in.ConditionalOperator != "" || in.AttributesToGet != nil {
		return nil, errLegacy
	}
	if in.IndexName != nil && deref(in.ConsistentRead) {
		return nil, invalid("Consistent reads are not supported on global secondary indexes")
	}
	if in.KeyConditionExpression == nil {
		return nil, invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	return d.selected(selection{
		table: deref(in.TableName), index: deref(in.IndexName),
		names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		keys: in.KeyConditionExpression, filter: in.FilterExpression, projection: in.ProjectionExpression,
		limit: in.Limit, after: in.ExclusiveStartKey, count: in.Select,
		backward: in.ScanIndexForward != nil && !*in.ScanIndexForward,
	})
}

func (d *DynamoDB) scan(in *dynamodb.ScanInput) (any, error) {
	if in.ScanFilter != nil || in.ConditionalOperator != "" || in.AttributesToGet != nil {
		return nil, errLegacy
	}
	if in.IndexName != nil || in.Segment != nil {
		return nil, invalid("the local cloud scans no index, and not in parallel")
	}
	return d.selected(selection{
		table: deref(in.TableName), names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		filter: in.FilterExpression, projection: in.ProjectionExpression, limit: in.Limit, after: in.ExclusiveStartKey,
		count: in.Select,
	})
}

// maxPage is how many bytes of items DynamoDB looks at for one page.
const maxPage = 1 << 20

func (d *DynamoDB) selected(q selection) (any, error) {
	t, after, scope, err := d.prepare(&q.table, q.after, q.names, q.values)
	if err != nil {
		return nil, err
	}
	if q.limit != nil && *q.limit < 1 {
		return nil, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must "+
			"have value greater than or equal to 1", *q.limit)
	}
	from, err := t.source(q.index)
	if err != nil {
		return nil, err
	}
	keys, filter, projection, err := q.parse(from.schema, scope)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(from.items, func(i expression.Item) bool { return keys != nil && !keys(i) })
	order := from.compare
	if q.backward {
		slices.Reverse(all)
		order = func(a, b expression.Item) int { return from.compare(b, a) }
	}
	found, bytes, scanned := []expression.Item{}, 0, 0
	answer := map[string]any{}
	for _, item := range all {
		if len(after) > 0 && order(item, after) <= 0 {
			continue
		}
		scanned++
		bytes += size(item)
		if filter == nil || filter(item) {
			found = append(found, projection.Of(item))
		}
		if bytes > maxPage || (q.limit != nil && scanned == int(*q.limit)) {
			answer["LastEvaluatedKey"] = from.keyOf(item)
			break
		}
	}
	answer["Count"], answer["ScannedCount"] = len(found), scanned
	if q.count != types.SelectCount {
		answer["Items"] = found
	}
	return answer, nil
}

// source is what a selection reads: the items of a table or of an index, in their order.
type source struct {
	schema
	items []expression.Item
	// compare orders items, equal keys of an index by the table's; keyOf picks what a page ends at.
	compare func(a, b expression.Item) int
	keyOf   func(expression.Item) expression.Item
}

// source gives the items of the index of that name, or the table's own for none.
func (t *table) source(name string) (source, error) {
	if name == "" {
		return source{t.schema, t.sorted(), t.compare, t.keyOf}, nil
	}
	at := slices.IndexFunc(t.indexes, func(ix *index) bool { return ix.name == name })
	if at < 0 {
		return source{}, invalid("The table does not have the specified index: %s", name)
	}
	ix := t.indexes[at]
	from := source{
		schema:  ix.schema,
		compare: func(a, b expression.Item) int { return cmp.Or(ix.compare(a, b), t.compare(a, b)) },
		keyOf: func(item expression.Item) expression.Item {
			k := t.keyOf(item)
			for _, of := range ix.keys() {
				k[of.name] = item[of.name]
			}
			return k
		},
	}
	for _, item := range t.sorted() {
		if held, there := ix.of(t, item); there {
			from.items = append(from.items, held)
		}
	}
	slices.SortFunc(from.items, from.compare)
	return from, nil
}

func (q selection) parse(order schema, s *expression.Scope) (
	keys, filter expression.Condition, projection expression.Projection, err error,
) {
	if q.keys != nil {
		if keys, err = expression.ParseKeyCondition(s, *q.keys, order.hash.name, order.sort.name); err != nil {
			return nil, nil, nil, err
		}
	}
	if q.filter != nil {
		if filter, err = expression.ParseCondition(s, "FilterExpression", *q.filter); err != nil {
			return nil, nil, nil, err
		}
	}
	if projection, err = projectionOf(s, q.projection); err != nil {
		return nil, nil, nil, err
	}
	return keys, filter, projection, s.Unused()
}
