package table

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/local/table/expression"
)

// change is a write to one item.
type change struct {
	key expression.Item
	// condition may be nil; item is what the failure of it shows.
	condition *string
	show      types.ReturnValuesOnConditionCheckFailure
	scope     *expression.Scope
	// apply makes the new item of the old one; either may be nil, for none.
	apply func(old expression.Item) (expression.Item, error)
}

// write carries out a change, if its condition holds, and tells the subscribers.
func (t *table) write(c change) (before, after expression.Item, err error) {
	holds := expression.Condition(func(expression.Item) bool { return true })
	if c.condition != nil {
		if holds, err = expression.ParseCondition(c.scope, "ConditionExpression", *c.condition); err != nil {
			return nil, nil, err
		}
	}
	if err := c.scope.Unused(); err != nil {
		return nil, nil, err
	}
	id, err := t.identify(c.key)
	if err != nil {
		return nil, nil, err
	}
	t.writing.Lock()
	defer t.writing.Unlock()
	t.mu.RLock()
	before = t.items[id]
	t.mu.RUnlock()
	if !holds(before) {
		failed := failf(conditionFailed, "The conditional request failed")
		if c.show == types.ReturnValuesOnConditionCheckFailureAllOld {
			failed.item = before
		}
		return nil, nil, failed
	}
	if after, err = c.apply(before); err != nil {
		return nil, nil, err
	}
	if size(after) > maxItem {
		return nil, nil, invalid("Item size has exceeded the maximum allowed size")
	}
	for _, ix := range t.indexes {
		if err := ix.check(after); err != nil {
			return nil, nil, err
		}
	}
	t.mu.Lock()
	if after == nil {
		delete(t.items, id)
	} else {
		t.items[id] = after
	}
	t.mu.Unlock()
	t.tell(before, after)
	return before, after, nil
}

// identify checks a key and makes one text of it.
func (t *table) identify(item expression.Item) (id string, err error) {
	for _, k := range []struct {
		key
		limit int
	}{{t.hash, maxHash}, {t.sort, maxSort}} {
		if k.name == "" {
			continue
		}
		v, ok := item[k.name]
		switch {
		case !ok:
			return "", invalid("One or more parameter values were invalid: Missing the key %s in the item", k.name)
		case expression.TypeOf(v) != k.kind:
			return "", invalid("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s",
				k.name, k.kind, expression.TypeOf(v))
		}
		text := fmt.Sprint(content(v))
		if b, ok := v.(*types.AttributeValueMemberB); ok {
			text = string(b.Value)
		}
		if text == "" {
			return "", invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot "+
				"contain an empty string value. Key: %s", k.name)
		}
		if len(text) > k.limit {
			return "", invalid("One or more parameter values were invalid: Size of key %s has exceeded the maximum size limit "+
				"of %d bytes", k.name, k.limit)
		}
		id += fmt.Sprintf("%d:%s", len(text), text)
	}
	return id, nil
}

// keyOf picks the key's attributes.
func (t *table) keyOf(item expression.Item) expression.Item {
	k := expression.Item{t.hash.name: item[t.hash.name]}
	if t.sort.name != "" {
		k[t.sort.name] = item[t.sort.name]
	}
	return k
}

// exactly refuses a key with attributes besides the key's.
func (t *table) exactly(key expression.Item) error {
	if len(key) != len(t.keyOf(key)) {
		return invalid("The provided key element does not match the schema")
	}
	return nil
}

// scopeOf reads the placeholders of a request, numbers normal.
func scopeOf(names map[string]string, values map[string]expression.Value) (*expression.Scope, error) {
	kept, err := normal(values)
	if err != nil {
		return nil, invalid("ExpressionAttributeValues contains invalid value: %s", err)
	}
	return expression.NewScope(names, kept), nil
}

// prepare finds the table and makes the placeholders and the key or item of a write ready.
func (d *DynamoDB) prepare(
	name *string, item map[string]expression.Value, names map[string]string, values map[string]expression.Value,
) (*table, expression.Item, *expression.Scope, error) {
	t, err := d.table(deref(name))
	if err != nil {
		return nil, nil, nil, err
	}
	kept, err := normal(item)
	if err != nil {
		return nil, nil, nil, invalid("One or more parameter values were invalid: %s", err)
	}
	scope, err := scopeOf(names, values)
	return t, kept, scope, err
}

func (d *DynamoDB) putItem(in *dynamodb.PutItemInput) (any, error) {
	if in.Expected != nil || in.ConditionalOperator != "" {
		return nil, errLegacy
	}
	t, item, scope, err := d.prepare(in.TableName, in.Item, in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	if err != nil {
		return nil, err
	}
	show, err := shown(in.ReturnValues, types.ReturnValueAllOld)
	if err != nil {
		return nil, err
	}
	before, _, err := t.write(change{
		key: item, condition: in.ConditionExpression, show: in.ReturnValuesOnConditionCheckFailure, scope: scope,
		apply: func(expression.Item) (expression.Item, error) { return item, nil },
	})
	return attributes(show, before, nil, nil), err
}

func (d *DynamoDB) deleteItem(in *dynamodb.DeleteItemInput) (any, error) {
	if in.Expected != nil || in.ConditionalOperator != "" {
		return nil, errLegacy
	}
	t, key, scope, err := d.prepare(in.TableName, in.Key, in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	if err == nil {
		err = t.exactly(key)
	}
	if err != nil {
		return nil, err
	}
	show, err := shown(in.ReturnValues, types.ReturnValueAllOld)
	if err != nil {
		return nil, err
	}
	before, _, err := t.write(change{
		key: key, condition: in.ConditionExpression, show: in.ReturnValuesOnConditionCheckFailure, scope: scope,
		apply: func(expression.Item) (expression.Item, error) { return nil, nil },
	})
	return attributes(show, before, nil, nil), err
}

func (d *DynamoDB) updateItem(in *dynamodb.UpdateItemInput) (any, error) {
	if in.Expected != nil || in.ConditionalOperator != "" || in.AttributeUpdates != nil {
		return nil, errLegacy
	}
	t, key, scope, err := d.prepare(in.TableName, in.Key, in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	if err == nil {
		err = t.exactly(key)
	}
	if err != nil {
		return nil, err
	}
	show, err := shown(in.ReturnValues, types.ReturnValueAllOld, types.ReturnValueAllNew, types.ReturnValueUpdatedOld,
		types.ReturnValueUpdatedNew)
	if err != nil {
		return nil, err
	}
	var update expression.Update
	if in.UpdateExpression != nil {
		if update, err = expression.ParseUpdate(scope, *in.UpdateExpression, t.hash.name, t.sort.name); err != nil {
			return nil, err
		}
	}
	before, after, err := t.write(change{
		key: key, condition: in.ConditionExpression, show: in.ReturnValuesOnConditionCheckFailure, scope: scope,
		apply: func(old expression.Item) (expression.Item, error) {
			if old == nil {
				old = key
			}
			return update.Apply(old)
		},
	})
	return attributes(show, before, after, update.Paths()), err
}

var errLegacy = invalid("the local cloud has no legacy conditional parameters; use expressions")

// shown checks which values a write is asked to return.
func shown(v types.ReturnValue, allowed ...types.ReturnValue) (types.ReturnValue, error) {
	if v == "" || v == types.ReturnValueNone {
		return types.ReturnValueNone, nil
	}
	for _, a := range allowed {
		if v == a {
			return v, nil
		}
	}
	return "", invalid("ReturnValues %q is not supported for this operation", v)
}

// attributes is the answer to a write.
func attributes(show types.ReturnValue, before, after expression.Item, changed []expression.Path) any {
	var item expression.Item
	switch show {
	case types.ReturnValueNone:
	case types.ReturnValueAllOld:
		item = before
	case types.ReturnValueAllNew:
		item = after
	case types.ReturnValueUpdatedOld:
		item = expression.Projection(changed).Of(before)
	case types.ReturnValueUpdatedNew:
		item = expression.Projection(changed).Of(after)
	}
	if len(item) == 0 {
		return map[string]any{}
	}
	return map[string]any{"Attributes": item}
}
