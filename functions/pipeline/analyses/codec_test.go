package analyses_test

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// What the analyzer stores is what the notifier reads off the stream, digit by digit.
func TestFromStream(t *testing.T) {
	want := pipelinetest.Analysis("20180212T063000Z-00bb60591543")
	want.Delivery = &pipeline.Delivery{State: pipeline.DeliveryClaimed, ClaimedBy: "a", LeaseUntil: 1518440475, Attempts: 1}
	image, err := analyses.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(wire(t, &types.AttributeValueMemberM{Value: image})["M"])
	if err != nil {
		t.Fatal(err)
	}
	var streamed map[string]events.DynamoDBAttributeValue
	if err := json.Unmarshal(text, &streamed); err != nil {
		t.Fatal(err)
	}
	got, err := analyses.FromStream(streamed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("item (-stored +streamed):\n%s", diff)
	}
}

// A record that is not an analysis is an error, not half an analysis: the notifier sets it aside.
func TestFromStreamRefuses(t *testing.T) {
	for name, image := range map[string]string{
		"a set":        `{"insights": {"SS": ["a"]}}`,
		"binary":       `{"analysis_id": {"B": "AAAA"}}`,
		"another type": `{"symbols_analyzed": {"S": "two"}}`,
		"deep":         `{"insights": {"L": [{"M": {"close": {"N": "1e5"}}}]}}`,
	} {
		var streamed map[string]events.DynamoDBAttributeValue
		if err := json.Unmarshal([]byte(image), &streamed); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if item, err := analyses.FromStream(streamed); err == nil {
			t.Errorf("%s: got %+v, want an error", name, item)
		}
	}
}

// wire spells an attribute as DynamoDB does in JSON.
func wire(t *testing.T, value types.AttributeValue) map[string]any {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return map[string]any{"S": v.Value}
	case *types.AttributeValueMemberN:
		return map[string]any{"N": v.Value}
	case *types.AttributeValueMemberNULL:
		return map[string]any{"NULL": true}
	case *types.AttributeValueMemberL:
		list := []any{}
		for _, e := range v.Value {
			list = append(list, wire(t, e))
		}
		return map[string]any{"L": list}
	case *types.AttributeValueMemberM:
		object := map[string]any{}
		for name, e := range v.Value {
			object[name] = wire(t, e)
		}
		return map[string]any{"M": object}
	}
	t.Fatalf("attribute of type %T", value)
	return nil
}
