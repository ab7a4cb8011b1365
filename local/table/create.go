package table

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/local/table/expression"
)

var tableName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,255}$`)

func (d *DynamoDB) create(in *dynamodb.CreateTableInput) (*table, error) {
	name := deref(in.TableName)
	if !tableName.MatchString(name) {
		return nil, invalid("TableName must be 3 to 255 letters, digits, and characters of _-.: %q", name)
	}
	if len(in.LocalSecondaryIndexes) > 0 {
		return nil, invalid("the local cloud has no local secondary indexes")
	}
	t := &table{
		name: name, arn: d.arn(name), created: time.Now().UTC(), items: make(map[string]expression.Item),
	}
	kinds := make(map[string]string)
	for _, a := range in.AttributeDefinitions {
		kinds[deref(a.AttributeName)] = string(a.AttributeType)
	}
	var err error
	if t.schema, err = readSchema(in.KeySchema, kinds); err != nil {
		return nil, err
	}
	used := t.keys()
	for _, of := range in.GlobalSecondaryIndexes {
		ix, err := readIndex(of, kinds)
		if err != nil {
			return nil, err
		}
		t.indexes = append(t.indexes, ix)
		used = append(used, ix.keys()...)
	}
	for _, k := range used {
		delete(kinds, k.name)
	}
	if len(kinds) > 0 {
		return nil, invalid("One or more parameter values were invalid: Number of attributes in KeySchema does not " +
			"exactly match number of attributes defined in AttributeDefinitions")
	}
	if s := in.StreamSpecification; s != nil && deref(s.StreamEnabled) {
		t.view = s.StreamViewType
		t.streamARN = fmt.Sprintf("%s/stream/%s", t.arn, t.created.Format("2006-01-02T15:04:05.000"))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tables[name] != nil {
		return nil, failf("ResourceInUseException", "Table already exists: %s", name)
	}
	d.tables[name] = t
	return t, nil
}

// document is the table as the API describes it.
func (t *table) document(status types.TableStatus) map[string]any {
	t.mu.RLock()
	defer t.mu.RUnlock()
	kinds := make(map[string]string)
	var indexes []map[string]any
	for _, k := range t.keys() {
		kinds[k.name] = k.kind
	}
	for _, ix := range t.indexes {
		for _, k := range ix.keys() {
			kinds[k.name] = k.kind
		}
		projection := map[string]any{"ProjectionType": ix.projection}
		if ix.include != nil {
			projection["NonKeyAttributes"] = ix.include
		}
		indexes = append(indexes, map[string]any{
			"IndexName": ix.name, "IndexArn": t.arn + "/index/" + ix.name, "IndexStatus": types.IndexStatusActive,
			"KeySchema": ix.document(), "Projection": projection,
		})
	}
	attributes := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		attributes = append(attributes, map[string]any{"AttributeName": name, "AttributeType": kinds[name]})
	}
	bytes := 0
	for _, item := range t.items {
		bytes += size(item)
	}
	all := map[string]any{
		"TableName": t.name, "TableArn": t.arn, "TableStatus": status, "CreationDateTime": unix(t.created),
		"KeySchema": t.schema.document(), "AttributeDefinitions": attributes, "ItemCount": len(t.items),
		"TableSizeBytes":     bytes,
		"BillingModeSummary": map[string]any{"BillingMode": types.BillingModePayPerRequest},
	}
	if indexes != nil {
		all["GlobalSecondaryIndexes"] = indexes
	}
	if t.view != "" {
		all["LatestStreamArn"] = t.streamARN
		all["LatestStreamLabel"] = t.created.Format("2006-01-02T15:04:05.000")
		all["StreamSpecification"] = map[string]any{"StreamEnabled": true, "StreamViewType": t.view}
	}
	return map[string]any{"TableDescription": all}
}

// unix is a time as the API has it: seconds.
func unix(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func (d *DynamoDB) createTable(in *dynamodb.CreateTableInput) (any, error) {
	t, err := d.create(in)
	if err != nil {
		return nil, err
	}
	return t.document(types.TableStatusActive), nil
}

func (d *DynamoDB) describeTable(in *dynamodb.DescribeTableInput) (any, error) {
	t, err := d.table(deref(in.TableName))
	if err != nil {
		return nil, err
	}
	return map[string]any{"Table": t.document(types.TableStatusActive)["TableDescription"]}, nil
}

func (d *DynamoDB) deleteTable(in *dynamodb.DeleteTableInput) (any, error) {
	t, err := d.table(deref(in.TableName))
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	delete(d.tables, t.name)
	d.mu.Unlock()
	return t.document(types.TableStatusDeleting), nil
}

func (d *DynamoDB) listTables(*dynamodb.ListTablesInput) (any, error) {
	return map[string]any{"TableNames": append([]string{}, d.Tables()...)}, nil
}
