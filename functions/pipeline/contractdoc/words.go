package main

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"
)

// docLink is a reference such as [Marker] or [Delivery.LeaseUntil] in a comment.
var docLink = regexp.MustCompile(`\[([A-Z]\w*)(?:\.([A-Z]\w*))?\]`)

// word is a Go identifier in prose.
var word = regexp.MustCompile(`\b[A-Z][A-Za-z0-9]*\b`)

// prose turns a comment into one line of Markdown: links lead to this page's headings, names of Go fields become their
// JSON names, and code in back quotes stays as it is.
func (p *page) prose(comment string, fields []field) string {
	var paragraphs []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(comment), "\n\n") {
		parts := strings.Split(strings.Join(strings.Fields(paragraph), " "), "`")
		for i := 0; i < len(parts); i += 2 {
			parts[i] = p.plain(parts[i], fields)
		}
		paragraphs = append(paragraphs, strings.Join(parts, "`"))
	}
	return strings.Join(paragraphs, "\n\n")
}

// cell is the comment of a field or constant for a table whose row has its name already: "Symbol is the ticker."
// becomes "The ticker.", "Attempts counts claims." becomes "Counts claims."
func (p *page) cell(name, comment string, fields []field) string {
	rest, ok := strings.CutPrefix(comment, name+" ")
	if !ok || strings.HasPrefix(rest, "and ") {
		return p.prose(comment, fields)
	}
	rest = strings.TrimPrefix(rest, "is ")
	return p.prose(strings.ToUpper(rest[:1])+rest[1:], fields)
}

func (p *page) plain(text string, fields []field) string {
	text = strings.NewReplacer("<", "&lt;", "*", `\*`, "|", `\|`, " nil", " absent").Replace(text)
	jsonName := map[string]string{}
	for _, f := range fields {
		jsonName[f.goName] = "`" + f.json + "`"
	}
	var out strings.Builder
	rest := text
	for {
		at := docLink.FindStringSubmatchIndex(rest)
		if at == nil {
			break
		}
		out.WriteString(rename(rest[:at[0]], jsonName))
		owner, member := rest[at[2]:at[3]], ""
		if at[4] >= 0 {
			member = rest[at[4]:at[5]]
		}
		out.WriteString(p.link(owner, member))
		rest = rest[at[1]:]
	}
	out.WriteString(rename(rest, jsonName))
	return out.String()
}

func rename(text string, jsonName map[string]string) string {
	return word.ReplaceAllStringFunc(text, func(name string) string {
		if spelled, ok := jsonName[name]; ok {
			return spelled
		}
		return name
	})
}

// link shows a name of the contract as a reader of JSON knows it: a type by its heading, a field and a constant by its
// text.
func (p *page) link(owner, member string) string {
	for _, f := range p.fields(owner) {
		if f.goName == member {
			return "[`" + f.json + "`](#" + strings.ToLower(owner) + ")"
		}
	}
	if p.shown[owner] && p.types[owner] != nil {
		return "[" + owner + "](#" + strings.ToLower(owner) + ")"
	}
	if k, ok := p.consts[owner]; ok {
		return "`" + k.value + "`"
	}
	for _, values := range p.values {
		for _, k := range values {
			if k.name == owner {
				return "`" + k.value + "`"
			}
		}
	}
	return owner
}

// kind says a Go type in words that fit JSON.
func (p *page) kind(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return p.kind(t.X)
	case *ast.ArrayType:
		return "list of " + p.kind(t.Elt)
	case *ast.MapType:
		return "object of " + p.kind(t.Value)
	case *ast.Ident:
		switch t.Name {
		case "string":
			return "text"
		case "int", "int64":
			return "whole number"
		case "float64":
			return "number"
		case "bool":
			return "true or false"
		default:
			return p.link(t.Name, "")
		}
	default:
		if name := types.ExprString(t); name != "time.Time" {
			return "`" + name + "`"
		}
		return "time, RFC 3339"
	}
}
