package table

import (
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
	table string
	names map[string]string
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
	if in.IndexName != nil {
		return nil, invalid("the local cloud has no secondary indexes")
	}
	if in.KeyConditionExpression == nil {
		return nil, invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	return d.selected(selection{
		table: deref(in.TableName), names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
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
		return nil, invalid("the local cloud has no secondary indexes and no parallel scans")
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
	keys, filter, projection, err := q.parse(t, scope)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(t.sorted(), func(i expression.Item) bool { return keys != nil && !keys(i) })
	order := t.compare
	if q.backward {
		slices.Reverse(all)
		order = func(a, b expression.Item) int { return t.compare(b, a) }
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
			answer["LastEvaluatedKey"] = t.keyOf(item)
			break
		}
	}
	answer["Count"], answer["ScannedCount"] = len(found), scanned
	if q.count != types.SelectCount {
		answer["Items"] = found
	}
	return answer, nil
}

func (q selection) parse(t *table, s *expression.Scope) (
	keys, filter expression.Condition, projection expression.Projection, err error,
) {
	if q.keys != nil {
		if keys, err = expression.ParseKeyCondition(s, *q.keys, t.hash.name, t.sort.name); err != nil {
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
