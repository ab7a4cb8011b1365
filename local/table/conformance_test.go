package table_test

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
	"github.com/mejan/mejan/local/table"
	"github.com/mejan/mejan/local/wire"
)

// open lets everybody do everything.
type open struct{}

func (open) Principal(string) wire.Principal                 { return wire.Principal{Admin: true} }
func (open) Authorize(wire.Principal, wire.Call) *wire.Error { return nil }

// start serves a DynamoDB without tables.
func start(t *testing.T) (*table.DynamoDB, aws.Config) {
	t.Helper()
	d := table.New(table.Config{Region: "us-east-1", Account: "000000000000"})
	front := wire.NewFront(open{}, nil, slog.New(slog.DiscardHandler))
	front.Add(d)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	return d, pipelinetest.Endpoint(server.URL)
}

// The ledger's conditional writes mean here what they mean to DynamoDB, also where answers are lost and claims race.
func TestConformance(t *testing.T) {
	_, cfg := start(t)
	pipelinetest.AnalysesOverWire(t, cfg, pipelinetest.NewTable(t, cfg))
}

// answer is what a caller gets of one request: what came back, or the code of the error and the item in it.
type answer struct {
	code string
	item map[string]types.AttributeValue
}

// cases are requests on one item, in order, by their input as DynamoDB's JSON has it.
func cases() []struct {
	name string
	send func(t *testing.T, c *dynamodb.Client, name string) (map[string]types.AttributeValue, error)
	want answer
} {
	s := func(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
	n := func(v string) types.AttributeValue { return &types.AttributeValueMemberN{Value: v} }
	key := map[string]types.AttributeValue{"analysis_id": s("1")}
	type send = func(t *testing.T, c *dynamodb.Client, name string) (map[string]types.AttributeValue, error)
	put := func(item map[string]types.AttributeValue, condition string) send {
		return func(t *testing.T, c *dynamodb.Client, name string) (map[string]types.AttributeValue, error) {
			in := &dynamodb.PutItemInput{TableName: &name, Item: item}
			if condition != "" {
				in.ConditionExpression = &condition
				in.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
			}
			_, err := c.PutItem(t.Context(), in)
			return nil, err
		}
	}
	update := func(expression, condition string, names map[string]string, values map[string]types.AttributeValue) send {
		return func(t *testing.T, c *dynamodb.Client, name string) (map[string]types.AttributeValue, error) {
			in := &dynamodb.UpdateItemInput{
				TableName: &name, Key: key, UpdateExpression: &expression, ReturnValues: types.ReturnValueAllNew,
				ExpressionAttributeNames: names, ExpressionAttributeValues: values,
			}
			if condition != "" {
				in.ConditionExpression = &condition
			}
			out, err := c.UpdateItem(t.Context(), in)
			if err != nil {
				return nil, err
			}
			return out.Attributes, nil
		}
	}
	get := func(t *testing.T, c *dynamodb.Client, name string) (map[string]types.AttributeValue, error) {
		out, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &name, Key: key, ConsistentRead: aws.Bool(true)})
		if err != nil {
			return nil, err
		}
		return out.Item, nil
	}
	stored := map[string]types.AttributeValue{"analysis_id": s("1"), "n": n("1.5"), "m": &types.AttributeValueMemberM{
		Value: map[string]types.AttributeValue{"state": s("claimed"), "until": n("100")},
	}}
	changed := map[string]types.AttributeValue{"analysis_id": s("1"), "n": n("3.5"), "m": &types.AttributeValueMemberM{
		Value: map[string]types.AttributeValue{"state": s("sent"), "until": n("100")},
	}}
	names, values := map[string]string{"#m": "m", "#s": "state"}, map[string]types.AttributeValue{":s": s("sent"), ":two": n("2")}
	return []struct {
		name string
		send send
		want answer
	}{
		{"absent", get, answer{}},
		{"put", put(stored, "attribute_not_exists(analysis_id)"), answer{}},
		{"stored", get, answer{item: stored}},
		{
			"put again", put(stored, "attribute_not_exists(analysis_id)"),
			answer{code: "ConditionalCheckFailedException", item: stored},
		},
		{
			"nested path holds", update("SET #m.#s = :s, n = n + :two", "#m.#s <> :s AND (attribute_exists(n) OR n < :two)", names, values),
			answer{item: changed},
		},
		{
			"nested path fails", update("SET #m.#s = :s, n = n + :two", "#m.#s <> :s", names, values),
			answer{code: "ConditionalCheckFailedException"},
		},
		{
			"unused name", update("SET n = :two", "", map[string]string{"#x": "x"}, map[string]types.AttributeValue{":two": n("2")}),
			answer{code: "ValidationException"},
		},
		{
			"reserved word", update("SET status = :two", "", nil, map[string]types.AttributeValue{":two": n("2")}),
			answer{code: "ValidationException"},
		},
		{"no key", put(map[string]types.AttributeValue{"n": n("1")}, ""), answer{code: "ValidationException"}},
		{"unharmed", get, answer{item: changed}},
	}
}

// What the local table answers is what an independent imitation of DynamoDB answers.
func TestPeers(t *testing.T) {
	_, local := start(t)
	for peer, cfg := range map[string]aws.Config{"local": local, "moto": pipelinetest.Moto(t)} {
		name, client := pipelinetest.NewTable(t, cfg), dynamodb.NewFromConfig(cfg)
		for _, c := range cases() {
			t.Run(peer+"/"+c.name, func(t *testing.T) {
				item, err := c.send(t, client, name)
				if diff := cmpDiff(c.want, got(t, item, err)); diff != "" {
					t.Errorf("answer (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// A table tells of each change once, before the writer has its answer, and of nothing that changed nothing.
func TestStream(t *testing.T) {
	d, cfg := start(t)
	name, client := pipelinetest.NewTable(t, cfg), dynamodb.NewFromConfig(cfg)
	var events []string
	err := d.Subscribe(name, func(record json.RawMessage) {
		var r struct {
			EventName string `json:"eventName"`
			DynamoDB  struct {
				NewImage map[string]map[string]string
			} `json:"dynamodb"`
		}
		if err := json.Unmarshal(record, &r); err != nil {
			t.Error(err)
		}
		events = append(events, r.EventName+" "+r.DynamoDB.NewImage["n"]["N"])
	})
	if err != nil {
		t.Fatal(err)
	}
	key := map[string]types.AttributeValue{"analysis_id": &types.AttributeValueMemberS{Value: "1"}}
	for _, value := range []string{"1", "1", "2"} {
		item := map[string]types.AttributeValue{"analysis_id": key["analysis_id"], "n": &types.AttributeValueMemberN{Value: value}}
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: item}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &name, Key: key}); err != nil {
		t.Fatal(err)
	}
	if diff := cmpDiff([]string{"INSERT 1", "MODIFY 2", "REMOVE "}, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
