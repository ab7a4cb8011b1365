package table

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/local/table/expression"
)

const (
	// maxItem is DynamoDB's largest item, names of attributes included.
	maxItem = 400 << 10
	// maxDepth is DynamoDB's deepest nesting of lists and maps.
	maxDepth = 32
	// Bytes of a key.
	maxHash, maxSort = 2048, 1024
)

// says is an error in DynamoDB's own words, which begin with a capital.
func says(format string, args ...any) error { return fmt.Errorf(format, args...) }

// normal checks an item that a request brings, and writes its numbers as DynamoDB stores them.
func normal(item expression.Item) (expression.Item, error) {
	v, err := normalValue(&types.AttributeValueMemberM{Value: item}, 0)
	if err != nil {
		return nil, err
	}
	return v.(*types.AttributeValueMemberM).Value, nil
}

func normalValue(v expression.Value, depth int) (expression.Value, error) {
	if depth > maxDepth {
		return nil, says("Nesting Levels have exceeded supported limits: at most %d levels", maxDepth)
	}
	switch v := v.(type) {
	case nil:
		return nil, errUnion
	case *types.AttributeValueMemberN:
		n, err := expression.ParseNumber(v.Value)
		if err != nil {
			return nil, err
		}
		return &types.AttributeValueMemberN{Value: n.String()}, nil
	case *types.AttributeValueMemberNULL:
		if !v.Value {
			return nil, says("Null attribute value types must have the value of true")
		}
	case *types.AttributeValueMemberL:
		all := make([]expression.Value, 0, len(v.Value))
		for _, inner := range v.Value {
			kept, err := normalValue(inner, depth+1)
			if err != nil {
				return nil, err
			}
			all = append(all, kept)
		}
		return &types.AttributeValueMemberL{Value: all}, nil
	case *types.AttributeValueMemberM:
		all := make(map[string]expression.Value, len(v.Value))
		for name, inner := range v.Value {
			kept, err := normalValue(inner, depth+1)
			if err != nil {
				return nil, err
			}
			all[name] = kept
		}
		return &types.AttributeValueMemberM{Value: all}, nil
	case *types.AttributeValueMemberSS:
		return v, distinct(v.Value)
	case *types.AttributeValueMemberBS:
		var texts []string
		for _, b := range v.Value {
			texts = append(texts, string(b))
		}
		return v, distinct(texts)
	case *types.AttributeValueMemberNS:
		all := make([]string, 0, len(v.Value))
		for _, text := range v.Value {
			n, err := expression.ParseNumber(text)
			if err != nil {
				return nil, err
			}
			all = append(all, n.String())
		}
		return &types.AttributeValueMemberNS{Value: all}, distinct(all)
	}
	return v, nil
}

func distinct(set []string) error {
	if len(set) == 0 {
		return says("An set may not be empty")
	}
	sorted := slices.Sorted(slices.Values(set))
	if len(slices.Compact(sorted)) != len(set) {
		return says("Input collection contains duplicates")
	}
	return nil
}

// size is what an item counts for against the limit, in bytes.
//
// Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats".
func size(item expression.Item) (n int) {
	for name, v := range item {
		n += len(name) + valueSize(v)
	}
	return n
}

func valueSize(v expression.Value) (n int) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return numberSize(v.Value)
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberSS:
		for _, s := range v.Value {
			n += len(s)
		}
	case *types.AttributeValueMemberNS:
		for _, s := range v.Value {
			n += numberSize(s)
		}
	case *types.AttributeValueMemberBS:
		for _, b := range v.Value {
			n += len(b)
		}
	case *types.AttributeValueMemberL:
		n = 3
		for _, inner := range v.Value {
			n += 1 + valueSize(inner)
		}
	case *types.AttributeValueMemberM:
		n = 3 + len(v.Value) + size(v.Value)
	default: // A truth or a null.
		return 1
	}
	return n
}

// numberSize is about one byte for two digits, and one more.
func numberSize(text string) int { return (len(text)+1)/2 + 1 }
