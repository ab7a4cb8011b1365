package expression

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Path points to a value inside an item.
type Path []element

type element struct {
	name    string
	index   int
	indexed bool
}

// Root is the name of the attribute that the path begins with.
func (p Path) Root() string { return p[0].name }

// Get finds the value; nil where there is none.
func (p Path) Get(item Item) Value {
	v := item[p[0].name]
	for _, e := range p[1:] {
		v = e.of(v)
	}
	return v
}

// of finds the part of a value; nil where there is none.
func (e element) of(v Value) Value {
	if e.indexed {
		if l, ok := v.(*types.AttributeValueMemberL); ok && e.index < len(l.Value) {
			return l.Value[e.index]
		}
		return nil
	}
	if m, ok := v.(*types.AttributeValueMemberM); ok {
		return m.Value[e.name]
	}
	return nil
}

// overlaps reports whether one path leads through the other.
func (p Path) overlaps(q Path) bool {
	n := min(len(p), len(q))
	return slices.Equal(p[:n], q[:n])
}

// with is the item with v at the path, or without anything there where v is nil. Nothing that item shares is changed.
func (p Path) with(item Item, v Value) (Item, error) {
	m, err := put(&types.AttributeValueMemberM{Value: item}, p, v)
	if err != nil {
		return nil, err
	}
	return m.(*types.AttributeValueMemberM).Value, nil
}

func put(in Value, p Path, v Value) (Value, error) {
	if len(p) == 0 {
		return v, nil
	}
	inner := p[0].of(in)
	if len(p) > 1 && inner == nil {
		if v == nil {
			return in, nil // Removing below nothing removes nothing.
		}
		return nil, errDocumentPath
	}
	changed, err := put(inner, p[1:], v)
	if err != nil {
		return nil, err
	}
	switch whole := in.(type) {
	case *types.AttributeValueMemberM:
		if p[0].indexed {
			return nil, errDocumentPath
		}
		m := maps.Clone(whole.Value)
		if m == nil {
			m = make(map[string]Value)
		}
		if m[p[0].name] = changed; changed == nil {
			delete(m, p[0].name)
		}
		return &types.AttributeValueMemberM{Value: m}, nil
	case *types.AttributeValueMemberL:
		return putInList(whole, p[0], changed)
	default:
		return nil, errDocumentPath
	}
}

func putInList(whole *types.AttributeValueMemberL, e element, v Value) (Value, error) {
	if !e.indexed {
		return nil, errDocumentPath
	}
	l := slices.Clone(whole.Value)
	switch {
	case v == nil && e.index < len(l):
		l[e.index] = hole()
	case v == nil:
	case e.index < len(l):
		l[e.index] = v
	default:
		l = append(l, v) // Beyond the end means at the end.
	}
	return &types.AttributeValueMemberL{Value: l}, nil
}

// hole stands in a list for an element that goes once all actions are done, so that their indexes stay those of the
// item before the update.
func hole() Value { return &types.UnknownUnionMember{Tag: "hole"} }

func isHole(v Value) bool {
	_, ok := v.(*types.UnknownUnionMember)
	return ok
}

// close drops the holes from the list at the path.
func (p Path) close(item Item) (Item, error) {
	l, ok := p.Get(item).(*types.AttributeValueMemberL)
	if !ok {
		return item, nil
	}
	return p.with(item, &types.AttributeValueMemberL{Value: slices.DeleteFunc(slices.Clone(l.Value), isHole)})
}

var errDocumentPath = says("The document path provided in the update expression is invalid for update")
