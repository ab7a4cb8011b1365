package expression

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Value is an attribute's value. It is never changed in place: what is stored may be shared.
type Value = types.AttributeValue

// Item is an item by the names of its attributes.
type Item map[string]Value

// TypeOf is DynamoDB's name of a value's type: S, N, B, BOOL, NULL, L, M, SS, NS or BS.
func TypeOf(v Value) string {
	switch v.(type) {
	case *types.AttributeValueMemberS:
		return "S"
	case *types.AttributeValueMemberN:
		return "N"
	case *types.AttributeValueMemberB:
		return "B"
	case *types.AttributeValueMemberBOOL:
		return "BOOL"
	case *types.AttributeValueMemberNULL:
		return "NULL"
	case *types.AttributeValueMemberL:
		return "L"
	case *types.AttributeValueMemberM:
		return "M"
	case *types.AttributeValueMemberSS:
		return "SS"
	case *types.AttributeValueMemberNS:
		return "NS"
	case *types.AttributeValueMemberBS:
		return "BS"
	default:
		return ""
	}
}

// Equal compares by type and value: numbers by value, sets without order.
func Equal(a, b Value) bool {
	if TypeOf(a) != TypeOf(b) {
		return false
	}
	switch a := a.(type) {
	case *types.AttributeValueMemberL:
		return slices.EqualFunc(a.Value, b.(*types.AttributeValueMemberL).Value, Equal)
	case *types.AttributeValueMemberM:
		return maps.EqualFunc(a.Value, b.(*types.AttributeValueMemberM).Value, Equal)
	case *types.AttributeValueMemberBOOL:
		return a.Value == b.(*types.AttributeValueMemberBOOL).Value
	case *types.AttributeValueMemberNULL:
		return true
	}
	if as, ok := elements(a); ok {
		bs, _ := elements(b)
		return len(as) == len(bs) && !slices.ContainsFunc(as, func(v Value) bool { return !member(bs, v) })
	}
	order, ok := compare(a, b)
	return ok && order == 0
}

func member(set []Value, v Value) bool {
	return slices.ContainsFunc(set, func(w Value) bool { return Equal(v, w) })
}

// compare orders two values of the same scalar type; ok is false for any other two.
func compare(a, b Value) (order int, ok bool) {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		if b, ok := b.(*types.AttributeValueMemberS); ok {
			return cmp.Compare(a.Value, b.Value), true
		}
	case *types.AttributeValueMemberB:
		if b, ok := b.(*types.AttributeValueMemberB); ok {
			return bytes.Compare(a.Value, b.Value), true
		}
	case *types.AttributeValueMemberN:
		if b, ok := b.(*types.AttributeValueMemberN); ok {
			m, err1 := ParseNumber(a.Value)
			n, err2 := ParseNumber(b.Value)
			if err1 == nil && err2 == nil {
				return m.Compare(n), true
			}
		}
	}
	return 0, false
}

// Compare orders two keys of the same type.
func Compare(a, b Value) int {
	order, _ := compare(a, b)
	return order
}

// elements lists the members of a set as scalars; ok is false for what is no set.
func elements(v Value) (all []Value, ok bool) {
	switch v := v.(type) {
	case *types.AttributeValueMemberSS:
		for _, s := range v.Value {
			all = append(all, &types.AttributeValueMemberS{Value: s})
		}
	case *types.AttributeValueMemberNS:
		for _, n := range v.Value {
			all = append(all, &types.AttributeValueMemberN{Value: n})
		}
	case *types.AttributeValueMemberBS:
		for _, b := range v.Value {
			all = append(all, &types.AttributeValueMemberB{Value: b})
		}
	default:
		return nil, false
	}
	return all, true
}

// set makes a set of scalars of one type; nil where there are none, since no set is empty.
func set(all []Value) Value {
	if len(all) == 0 {
		return nil
	}
	switch all[0].(type) {
	case *types.AttributeValueMemberS:
		var ss []string
		for _, v := range all {
			ss = append(ss, v.(*types.AttributeValueMemberS).Value)
		}
		return &types.AttributeValueMemberSS{Value: ss}
	case *types.AttributeValueMemberN:
		var ns []string
		for _, v := range all {
			ns = append(ns, v.(*types.AttributeValueMemberN).Value)
		}
		return &types.AttributeValueMemberNS{Value: ns}
	default:
		var bs [][]byte
		for _, v := range all {
			bs = append(bs, v.(*types.AttributeValueMemberB).Value)
		}
		return &types.AttributeValueMemberBS{Value: bs}
	}
}
