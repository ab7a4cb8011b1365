package table_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// step is one request, told to the local table and to moto, and what must come back.
type step struct {
	operation, input string
	// want is the status, with the code of the error if there is one.
	want string
	// has and lacks are texts in the answer, without spaces.
	has, lacks []string
	// unlikeMoto says how moto is known to differ; the step is then checked against the local table alone.
	unlikeMoto string
}

// story uses a table of a hash key h and a numeric sort key s.
func story() []step {
	const pick = `"TableName":"bars","KeyConditionExpression":"h = :h`
	steps := []step{
		{operation: "CreateTable", want: "200", has: []string{`"TableName":"bars"`, `"LatestStreamArn":"arn:aws:dynamodb:us-east-1:`}, input: `{
			"TableName": "bars", "BillingMode": "PAY_PER_REQUEST",
			"AttributeDefinitions": [{"AttributeName": "h", "AttributeType": "S"}, {"AttributeName": "s", "AttributeType": "N"}],
			"KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
			"StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"}}`},
		{operation: "CreateTable", want: "400 ResourceInUseException", input: `{
			"TableName": "bars", "BillingMode": "PAY_PER_REQUEST",
			"AttributeDefinitions": [{"AttributeName": "h", "AttributeType": "S"}],
			"KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}]}`},
		{operation: "ListTables", input: `{}`, want: "200", has: []string{`"bars"`}},
		{operation: "DescribeTable", input: `{"TableName":"bars"}`, want: "200", has: []string{`"TableStatus":"ACTIVE"`, `"StreamViewType":"NEW_IMAGE"`}},
		{operation: "DescribeTable", input: `{"TableName":"nowhere"}`, want: "400 ResourceNotFoundException"},
		{operation: "PutItem", input: `{"TableName":"nowhere","Item":{"h":{"S":"a"}}}`, want: "400 ResourceNotFoundException"},
	}
	for _, sort := range []string{"10", "9", "-1", "2.50"} {
		steps = append(steps, step{
			operation: "PutItem", want: "200",
			input: fmt.Sprintf(`{"TableName":"bars","Item":{"h":{"S":"a"},"s":{"N":%q},"v":{"S":"v`+"%[1]s"+`"}}}`, sort),
		})
	}
	return append(steps, []step{
		{operation: "PutItem", input: `{"TableName":"bars","Item":{"h":{"S":"b"},"s":{"N":"1"}}}`, want: "200"},
		{
			operation: "Query", input: `{` + pick + `","ExpressionAttributeValues":{":h":{"S":"a"}}}`, want: "200",
			has: []string{`"Count":4`, `"v-1"`, `"v2.50"`}, lacks: []string{`{"S":"b"}`, "LastEvaluatedKey"},
		},
		{
			operation: "Query", input: `{` + pick + ` AND s BETWEEN :x AND :y","ExpressionAttributeValues":{":h":{"S":"a"},":x":{"N":"2.5"},":y":{"N":"9.0"}}}`,
			want: "200", has: []string{`"Count":2`, `"v2.50"`, `"v9"`},
		},
		{
			operation: "Query", input: `{` + pick + `","ScanIndexForward":false,"Limit":1,"ExpressionAttributeValues":{":h":{"S":"a"}}}`,
			want: "200", has: []string{`"v10"`, `"LastEvaluatedKey":{`, `"Count":1`},
		},
		{
			operation: "Query", want: "200", has: []string{`"v9"`}, lacks: []string{`"v10"`, `"v2.50"`},
			input: `{` + pick + `","ScanIndexForward":false,"Limit":1,"ExclusiveStartKey":{"h":{"S":"a"},"s":{"N":"10"}},
				"ExpressionAttributeValues":{":h":{"S":"a"}}}`,
		},
		{
			operation: "Query", want: "200", has: []string{`"Count":1`, `"ScannedCount":4`, `"v9"`}, lacks: []string{`"h":`},
			input: `{` + pick + `","FilterExpression":"v = :v","ProjectionExpression":"v",
				"ExpressionAttributeValues":{":h":{"S":"a"},":v":{"S":"v9"}}}`,
		},
		{
			operation: "Query", input: `{` + pick + `","Select":"COUNT","ExpressionAttributeValues":{":h":{"S":"a"}}}`, want: "200",
			has: []string{`"Count":4`}, lacks: []string{`"Items"`},
		},
		{operation: "Query", input: `{"TableName":"bars","KeyConditionExpression":"s = :s","ExpressionAttributeValues":{":s":{"N":"1"}}}`, want: "400 ValidationException"},
		{operation: "Query", input: `{` + pick + ` AND v = :v","ExpressionAttributeValues":{":h":{"S":"a"},":v":{"S":"v9"}}}`, want: "400 ValidationException"},
		{operation: "Query", input: `{` + pick + `","ExpressionAttributeValues":{":h":{"S":"a"},":x":{"S":"a"}}}`, want: "400 ValidationException", unlikeMoto: "it lets unused values pass in queries"},
		{operation: "Scan", input: `{"TableName":"bars"}`, want: "200", has: []string{`"Count":5`, `{"S":"b"}`}},
		{operation: "Scan", input: `{"TableName":"bars","Limit":0}`, want: "400 ValidationException", unlikeMoto: "it takes any limit"},
		{operation: "GetItem", input: `{"TableName":"bars","Key":{"h":{"S":"a"},"s":{"N":"2.5"}}}`, want: "200", has: []string{`"v2.50"`}, unlikeMoto: "it compares keys as text"},
		{operation: "GetItem", input: `{"TableName":"bars","Key":{"h":{"S":"a"}}}`, want: "400 ValidationException"},
		{operation: "GetItem", input: `{"TableName":"bars","Key":{"h":{"S":"a"},"s":{"S":"9"}}}`, want: "400 ValidationException", unlikeMoto: "it does not look at the types of keys"},
		{operation: "GetItem", input: `{"TableName":"bars","Key":{"h":{"S":"a"},"s":{"N":"9"},"v":{"S":"v9"}}}`, want: "400 ValidationException"},
		{operation: "PutItem", input: `{"TableName":"bars","Item":{"h":{"S":""},"s":{"N":"9"}}}`, want: "400 ValidationException"},
		{operation: "PutItem", input: `{"TableName":"bars","Item":{"h":{"S":"a"},"s":{"N":"9"},"v":{"SS":["x","x"]}}}`, want: "400 ValidationException", unlikeMoto: "it takes duplicates"},
		{operation: "PutItem", input: `{"TableName":"bars","Item":{"h":{"S":"a"},"s":{"N":"nine"}}}`, want: "400 ValidationException"},
		{operation: "PutItem", input: `{"TableName":"bars","Item":{"h":{"S":"a"},"s":{"N":"9"},"v":{"S":"` + strings.Repeat("x", 400<<10) + `"}}}`, want: "400 ValidationException"},
		{operation: "PutItem", input: `{"TableName":"bars","Item":{"h":{"X":"a"}}}`, want: "400 SerializationException", unlikeMoto: "it calls it a ValidationException"},
		{operation: "PutItem", input: `not JSON`, want: "400 SerializationException", unlikeMoto: "it answers 500"},
		{operation: "PutItem", input: `{"TableName":"bars","Item":{},"Expected":{}}`, want: "400 ValidationException"},
		{
			operation: "UpdateItem", want: "200", has: []string{`"Attributes":{"v":{"S":"v9"}}`},
			input: `{"TableName":"bars","Key":{"h":{"S":"a"},"s":{"N":"9"}},"UpdateExpression":"SET v = :v","ReturnValues":"UPDATED_OLD",
				"ExpressionAttributeValues":{":v":{"S":"new"}}}`,
		},
		{
			operation: "UpdateItem", want: "400 ConditionalCheckFailedException", has: []string{`"Item":{`, `"new"`},
			input: `{"TableName":"bars","Key":{"h":{"S":"a"},"s":{"N":"9"}},"UpdateExpression":"REMOVE v","ConditionExpression":"v = :v",
				"ReturnValuesOnConditionCheckFailure":"ALL_OLD","ExpressionAttributeValues":{":v":{"S":"v9"}}}`,
		},
		{
			operation: "UpdateItem", want: "400 ValidationException",
			input: `{"TableName":"bars","Key":{"h":{"S":"a"},"s":{"N":"9"}},"UpdateExpression":"SET s = :v","ExpressionAttributeValues":{":v":{"N":"8"}}}`,
		},
		{
			operation: "UpdateItem", want: "400 ValidationException",
			input: `{"TableName":"bars","Key":{"h":{"S":"a"},"s":{"N":"9"}},"UpdateExpression":"SET a.b = :v","ExpressionAttributeValues":{":v":{"N":"8"}}}`,
		},
		{
			operation: "DeleteItem", want: "200", has: []string{`"new"`},
			input: `{"TableName":"bars","Key":{"h":{"S":"a"},"s":{"N":"9"}},"ReturnValues":"ALL_OLD"}`,
		},
		{operation: "DeleteItem", input: `{"TableName":"bars","Key":{"h":{"S":"a"},"s":{"N":"9"}}}`, want: "200", lacks: []string{"Attributes"}},
		{operation: "Teleport", input: `{}`, want: "400 UnknownOperationException", unlikeMoto: "it answers 500"},
		{operation: "DeleteTable", input: `{"TableName":"bars"}`, want: "200"},
		{operation: "Scan", input: `{"TableName":"bars"}`, want: "400 ResourceNotFoundException"},
	}...)
}

// On the wire the table answers as DynamoDB does: statuses, codes and documents.
func TestStory(t *testing.T) {
	_, cfg := start(t)
	tell(t, cfg, false)
}

// What the local table answers is what DynamoDB answers, as far as moto knows.
func TestStoryOnMoto(t *testing.T) { tell(t, pipelinetest.Moto(t), true) }

func tell(t *testing.T, cfg aws.Config, moto bool) {
	t.Helper()
	for i, s := range story() {
		if moto && s.unlikeMoto != "" {
			continue
		}
		status, text := ask(t, *cfg.BaseEndpoint, s)
		if status != s.want {
			t.Errorf("step %d, %s %.200s: got %s, want %s\n%.300s", i, s.operation, s.input, status, s.want, text)
			continue
		}
		for _, has := range s.has {
			if !strings.Contains(text, has) {
				t.Errorf("step %d, %s: no %s in\n%s", i, s.operation, has, text)
			}
		}
		for _, lacks := range s.lacks {
			if strings.Contains(text, lacks) {
				t.Errorf("step %d, %s: %s in\n%s", i, s.operation, lacks, text)
			}
		}
	}
}

// ask makes the request of a step; its answer is the status with the code of the error, and the document without spaces.
func ask(t *testing.T, url string, s step) (status, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(s.input))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+s.operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	status, text = fmt.Sprint(response.StatusCode), strings.ReplaceAll(string(content), " ", "")
	if _, after, ok := strings.Cut(text, `"__type":"`); ok {
		kind, _, _ := strings.Cut(after, `"`)
		status += " " + kind[strings.LastIndex(kind, "#")+1:]
	}
	return status, text
}

// Of many who claim a delivery at once, one gets it: a condition and its write are one step.
func TestRaces(t *testing.T) {
	_, cfg := start(t)
	pipelinetest.AnalysesRaces(t, analyses.New(cfg, pipelinetest.NewTable(t, cfg)))
}
