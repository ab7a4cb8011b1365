package ingest

import (
	"github.com/go-json-experiment/json/jsontext"
)

// path is where in the document the reader stands.
type path struct{ steps []string }

func (p *path) push(name string) { p.steps = append(p.steps, name) }
func (p *path) pop()             { p.steps = p.steps[:len(p.steps)-1] }

// pointer is the JSON pointer (RFC 6901) of what lies at inner below the path.
func (p *path) pointer(inner jsontext.Pointer) string { return string(p.here() + inner) }

// here is the pointer of the path.
func (p *path) here() jsontext.Pointer {
	var pointer jsontext.Pointer
	for _, step := range p.steps {
		pointer = pointer.AppendToken(step)
	}
	return pointer
}

// names are the names of one object's members. Most objects have a handful.
type names struct {
	few  []string
	many map[string]struct{}
	// size is of all names, in bytes.
	size int64
}

// add takes a name and reports whether it is new.
func (n *names) add(name string) bool {
	n.size += int64(len(name))
	if n.many != nil {
		before := len(n.many)
		n.many[name] = struct{}{}
		return len(n.many) > before
	}
	for _, other := range n.few {
		if other == name {
			return false
		}
	}
	if n.few = append(n.few, name); len(n.few) > 16 {
		n.many = make(map[string]struct{}, 2*len(n.few))
		for _, other := range n.few {
			n.many[other] = struct{}{}
		}
	}
	return true
}
