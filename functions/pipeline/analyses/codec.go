package analyses

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/functions/pipeline"
)

// Encode gives the item's image: its JSON form with strings as S, numbers as N with their digits, lists as L, objects
// as M.
func Encode(item pipeline.Item) (map[string]types.AttributeValue, error) {
	value, err := encode(item)
	if err != nil {
		return nil, fmt.Errorf("encode analysis %q: %w", item.AnalysisID, err)
	}
	return value.(*types.AttributeValueMemberM).Value, nil
}

// Decode reads an image that [Encode] wrote.
func Decode(image map[string]types.AttributeValue) (pipeline.Item, error) {
	plain, err := fromAttribute(&types.AttributeValueMemberM{Value: image})
	if err != nil {
		return pipeline.Item{}, fmt.Errorf("decode analysis: %w", err)
	}
	return decode(plain)
}

// FromStream reads the image of a record of the table's stream.
func FromStream(image map[string]events.DynamoDBAttributeValue) (pipeline.Item, error) {
	plain, err := fromEvent(events.NewMapAttribute(image))
	if err != nil {
		return pipeline.Item{}, fmt.Errorf("decode stream image: %w", err)
	}
	return decode(plain)
}

func encode(v any) (types.AttributeValue, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var plain any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // a number keeps its digits
	if err := d.Decode(&plain); err != nil {
		return nil, err
	}
	return toAttribute(plain), nil
}

func decode(plain any) (pipeline.Item, error) {
	text, err := json.Marshal(plain)
	if err != nil {
		return pipeline.Item{}, fmt.Errorf("decode analysis: %w", err)
	}
	var item pipeline.Item
	if err := json.Unmarshal(text, &item); err != nil {
		return pipeline.Item{}, fmt.Errorf("decode analysis: %w", err)
	}
	return item.Upgraded(), nil
}

// toAttribute turns what encoding/json decodes with UseNumber into an attribute.
func toAttribute(plain any) types.AttributeValue {
	switch v := plain.(type) {
	case string:
		return &types.AttributeValueMemberS{Value: v}
	case json.Number:
		return &types.AttributeValueMemberN{Value: v.String()}
	case bool:
		return &types.AttributeValueMemberBOOL{Value: v}
	case []any:
		list := make([]types.AttributeValue, len(v))
		for i := range v {
			list[i] = toAttribute(v[i])
		}
		return &types.AttributeValueMemberL{Value: list}
	case map[string]any:
		object := make(map[string]types.AttributeValue, len(v))
		for name := range v {
			object[name] = toAttribute(v[name])
		}
		return &types.AttributeValueMemberM{Value: object}
	default:
		return &types.AttributeValueMemberNULL{Value: true}
	}
}

func fromAttribute(value types.AttributeValue) (any, error) {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return v.Value, nil
	case *types.AttributeValueMemberN:
		return json.Number(v.Value), nil
	case *types.AttributeValueMemberBOOL:
		return v.Value, nil
	case *types.AttributeValueMemberNULL:
		return nil, nil
	case *types.AttributeValueMemberL:
		return fromList(v.Value, fromAttribute)
	case *types.AttributeValueMemberM:
		return fromMap(v.Value, fromAttribute)
	default:
		return nil, fmt.Errorf("attribute of type %T: JSON has none like it", value)
	}
}

func fromEvent(v events.DynamoDBAttributeValue) (any, error) {
	switch v.DataType() {
	case events.DataTypeString:
		return v.String(), nil
	case events.DataTypeNumber:
		return json.Number(v.Number()), nil
	case events.DataTypeBoolean:
		return v.Boolean(), nil
	case events.DataTypeNull:
		return nil, nil
	case events.DataTypeList:
		return fromList(v.List(), fromEvent)
	case events.DataTypeMap:
		return fromMap(v.Map(), fromEvent)
	default:
		return nil, fmt.Errorf("attribute of data type %d: JSON has none like it", v.DataType())
	}
}

func fromList[T any](values []T, from func(T) (any, error)) (any, error) {
	list := make([]any, len(values))
	for i, value := range values {
		var err error
		if list[i], err = from(value); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func fromMap[T any](values map[string]T, from func(T) (any, error)) (any, error) {
	object := make(map[string]any, len(values))
	for name, value := range values {
		var err error
		if object[name], err = from(value); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return object, nil
}
