package table

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/local/table/expression"
)

// Requests are read into the SDK's own input types, answers written from maps. Only the union of attribute values needs
// to be told: {"S": "text"}, {"M": {…}}.

func readOptions() json.Options {
	return json.JoinOptions(
		json.WithUnmarshalers(json.UnmarshalFromFunc(readValue)),
		json.RejectUnknownMembers(true),
	)
}

func writeOptions() json.Options {
	return json.JoinOptions(json.WithMarshalers(json.MarshalToFunc(writeValue)), json.Deterministic(true))
}

var errUnion = says("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")

func readValue(in *jsontext.Decoder, v *expression.Value) error {
	if token, err := in.ReadToken(); err != nil {
		return err
	} else if token.Kind() != '{' {
		return errUnion
	}
	name, err := in.ReadToken()
	if err != nil {
		return err
	}
	if name.Kind() != '"' {
		return errUnion
	}
	read, ok := members()[name.String()]
	if !ok {
		return fmt.Errorf("attribute value: unknown type %q", name.String())
	}
	if *v, err = read(in); err != nil {
		return err
	}
	if token, err := in.ReadToken(); err != nil {
		return err
	} else if token.Kind() != '}' {
		return errUnion
	}
	return nil
}

// members reads the content of a value by the name of its type.
func members() map[string]func(*jsontext.Decoder) (expression.Value, error) {
	return map[string]func(*jsontext.Decoder) (expression.Value, error){
		"S":    member(func(x string) expression.Value { return &types.AttributeValueMemberS{Value: x} }),
		"N":    member(func(x string) expression.Value { return &types.AttributeValueMemberN{Value: x} }),
		"B":    member(func(x []byte) expression.Value { return &types.AttributeValueMemberB{Value: x} }),
		"BOOL": member(func(x bool) expression.Value { return &types.AttributeValueMemberBOOL{Value: x} }),
		"NULL": member(func(x bool) expression.Value { return &types.AttributeValueMemberNULL{Value: x} }),
		"L":    member(func(x []expression.Value) expression.Value { return &types.AttributeValueMemberL{Value: x} }),
		"M": member(func(x map[string]expression.Value) expression.Value {
			return &types.AttributeValueMemberM{Value: x}
		}),
		"SS": member(func(x []string) expression.Value { return &types.AttributeValueMemberSS{Value: x} }),
		"NS": member(func(x []string) expression.Value { return &types.AttributeValueMemberNS{Value: x} }),
		"BS": member(func(x [][]byte) expression.Value { return &types.AttributeValueMemberBS{Value: x} }),
	}
}

func member[T any](wrap func(T) expression.Value) func(*jsontext.Decoder) (expression.Value, error) {
	return func(in *jsontext.Decoder) (expression.Value, error) {
		var content T
		if err := json.UnmarshalDecode(in, &content); err != nil {
			return nil, err
		}
		return wrap(content), nil
	}
}

func writeValue(out *jsontext.Encoder, v expression.Value) error {
	return json.MarshalEncode(out, map[string]any{expression.TypeOf(v): content(v)})
}

// content is what a value holds, ready to be written as JSON.
func content(v expression.Value) any {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberB:
		return v.Value
	case *types.AttributeValueMemberBOOL:
		return v.Value
	case *types.AttributeValueMemberNULL:
		return v.Value
	case *types.AttributeValueMemberL:
		return v.Value
	case *types.AttributeValueMemberM:
		return v.Value
	case *types.AttributeValueMemberSS:
		return v.Value
	case *types.AttributeValueMemberNS:
		return v.Value
	case *types.AttributeValueMemberBS:
		return v.Value
	default:
		return nil
	}
}

// plain is a value as ordinary JSON: numbers keep their digits, bytes become base64, sets become arrays.
func plain(v expression.Value) any {
	switch v := v.(type) {
	case *types.AttributeValueMemberN:
		return jsontext.Value(v.Value)
	case *types.AttributeValueMemberNULL:
		return nil
	case *types.AttributeValueMemberNS:
		all := []jsontext.Value{}
		for _, n := range v.Value {
			all = append(all, jsontext.Value(n))
		}
		return all
	case *types.AttributeValueMemberL:
		all := []any{}
		for _, inner := range v.Value {
			all = append(all, plain(inner))
		}
		return all
	case *types.AttributeValueMemberM:
		all := map[string]any{}
		for name, inner := range v.Value {
			all[name] = plain(inner)
		}
		return all
	default:
		return content(v)
	}
}
