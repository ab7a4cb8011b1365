package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// contract is the source of the root package, indexed by name.
type contract struct {
	doc string
	// order has the top-level names as the source has them: constants without a type, types, functions.
	order  []string
	consts map[string]constant
	types  map[string]*doc.Type
	funcs  map[string]*doc.Func
	// values has the constants of a string type, in the order of the source.
	values map[string][]constant
}

// constant is one named constant. Group is the comment over its block.
type constant struct {
	name, value, comment, group string
}

// field is one member of a JSON object.
type field struct {
	goName, json string
	optional     bool
	kind         ast.Expr
	comment      string
}

func parse(dir string) (*contract, error) {
	names, err := goFiles(dir)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	pkg, err := doc.NewFromFiles(fset, files, "github.com/mejan/mejan/functions/pipeline")
	if err != nil {
		return nil, err
	}
	c := &contract{
		doc:    pkg.Doc,
		consts: map[string]constant{}, types: map[string]*doc.Type{}, funcs: map[string]*doc.Func{},
		values: map[string][]constant{},
	}
	if err := c.index(pkg); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *contract) index(pkg *doc.Package) error {
	for _, group := range pkg.Consts {
		if err := c.addConsts(group, func(k constant) { c.consts[k.name] = k }); err != nil {
			return err
		}
	}
	for _, fn := range pkg.Funcs {
		c.addFunc(fn)
	}
	for _, t := range pkg.Types {
		c.types[t.Name] = t
		c.order = append(c.order, t.Name)
		for _, fn := range t.Funcs {
			c.addFunc(fn)
		}
		for _, group := range t.Consts {
			add := func(k constant) { c.values[t.Name] = append(c.values[t.Name], k) }
			if err := c.addConsts(group, add); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *contract) addFunc(fn *doc.Func) {
	c.funcs[fn.Name] = fn
	c.order = append(c.order, fn.Name)
}

// addConsts takes the exported constants of a block. A constant that is not a literal has no value to print.
func (c *contract) addConsts(group *doc.Value, add func(constant)) error {
	for _, spec := range group.Decl.Specs {
		spec := spec.(*ast.ValueSpec)
		for i, name := range spec.Names {
			if !name.IsExported() {
				continue
			}
			if i >= len(spec.Values) {
				return fmt.Errorf("constant %s: not a literal", name.Name)
			}
			literal, ok := spec.Values[i].(*ast.BasicLit)
			if !ok {
				return fmt.Errorf("constant %s: not a literal", name.Name)
			}
			value := literal.Value
			if literal.Kind == token.STRING {
				unquoted, err := strconv.Unquote(value)
				if err != nil {
					return fmt.Errorf("constant %s: %w", name.Name, err)
				}
				value = unquoted
			}
			comment := strings.TrimSpace(spec.Doc.Text() + spec.Comment.Text())
			add(constant{name: name.Name, value: value, comment: comment, group: strings.TrimSpace(group.Doc)})
			if spec.Type == nil {
				c.order = append(c.order, name.Name)
			}
		}
	}
	return nil
}

// fields lists the members of the struct called name under their JSON names; nil where it is no struct.
func (c *contract) fields(name string) []field {
	t, ok := c.types[name]
	if !ok {
		return nil
	}
	body, ok := t.Decl.Specs[0].(*ast.TypeSpec).Type.(*ast.StructType)
	if !ok {
		return nil
	}
	var fields []field
	for _, f := range body.Fields.List {
		for _, ident := range f.Names {
			jsonName, options, _ := strings.Cut(tag(f), ",")
			fields = append(fields, field{
				goName:   ident.Name,
				json:     jsonName,
				optional: slices.Contains(strings.Split(options, ","), "omitempty"),
				kind:     f.Type,
				comment:  strings.TrimSpace(f.Doc.Text() + f.Comment.Text()),
			})
		}
	}
	return fields
}

func tag(f *ast.Field) string {
	if f.Tag == nil {
		return ""
	}
	return reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json")
}

// goFiles lists the package's files without its tests.
func goFiles(dir string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var kept []string
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			kept = append(kept, name)
		}
	}
	if kept == nil {
		return nil, errors.New("no Go files")
	}
	return kept, nil
}
