package model

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// decode reads a request of Converse into the SDK's type. A member of a union that this model has no use for is an
// error that names it.
func decode(body []byte, in *bedrockruntime.ConverseInput) error {
	var unions json.Options
	unions = json.JoinOptions(json.MatchCaseInsensitiveNames(true), json.WithUnmarshalers(json.JoinUnmarshalers(
		union(func(name string, value jsontext.Value) (types.SystemContentBlock, error) {
			switch name {
			case "text":
				return member(value, unions, func(m *types.SystemContentBlockMemberText) any { return &m.Value })
			case "cachePoint":
				return member(value, unions, func(m *types.SystemContentBlockMemberCachePoint) any { return &m.Value })
			}
			return nil, unknown("system block", name)
		}),
		union(func(name string, value jsontext.Value) (types.ContentBlock, error) {
			switch name {
			case "text":
				return member(value, unions, func(m *types.ContentBlockMemberText) any { return &m.Value })
			case "toolUse":
				return member(value, unions, func(m *types.ContentBlockMemberToolUse) any { return &m.Value })
			case "cachePoint":
				return member(value, unions, func(m *types.ContentBlockMemberCachePoint) any { return &m.Value })
			}
			return nil, unknown("content block", name)
		}),
		union(func(name string, value jsontext.Value) (types.Tool, error) {
			if name == "toolSpec" {
				return member(value, unions, func(m *types.ToolMemberToolSpec) any { return &m.Value })
			}
			return nil, unknown("tool", name)
		}),
		union(func(name string, value jsontext.Value) (types.ToolChoice, error) {
			switch name {
			case "tool":
				return member(value, unions, func(m *types.ToolChoiceMemberTool) any { return &m.Value })
			case "any":
				return member(value, unions, func(m *types.ToolChoiceMemberAny) any { return &m.Value })
			case "auto":
				return member(value, unions, func(m *types.ToolChoiceMemberAuto) any { return &m.Value })
			}
			return nil, unknown("tool choice", name)
		}),
		union(func(name string, value jsontext.Value) (types.ToolInputSchema, error) {
			if name == "json" {
				return member(value, unions, func(m *types.ToolInputSchemaMemberJson) any { return &m.Value })
			}
			return nil, unknown("input schema", name)
		}),
		json.UnmarshalFromFunc(func(dec *jsontext.Decoder, v *document.Interface) error {
			var value any
			if err := json.UnmarshalDecode(dec, &value); err != nil {
				return err
			}
			*v = document.NewLazyDocument(value)
			return nil
		}),
	)))
	return json.Unmarshal(body, in, unions)
}

// union reads an object with a single member, whose name says which type of the union its value is.
func union[U any](of func(name string, value jsontext.Value) (U, error)) *json.Unmarshalers {
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, v *U) error {
		var object map[string]jsontext.Value
		if err := json.UnmarshalDecode(dec, &object); err != nil {
			return err
		}
		if len(object) != 1 {
			return fmt.Errorf("a union has exactly one member, not %d", len(object))
		}
		for name, value := range object {
			chosen, err := of(name, value)
			if err != nil {
				return err
			}
			*v = chosen
		}
		return nil
	})
}

// member reads one member of a union; into says where in it the value goes.
func member[M any](value jsontext.Value, options json.Options, into func(*M) any) (*M, error) {
	m := new(M)
	return m, json.Unmarshal(value, into(m), options)
}

func unknown(union, name string) error {
	return fmt.Errorf("the local model does not know the %s %q", union, name)
}
