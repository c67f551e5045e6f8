package yamlcheck

import (
	"errors"
	"reflect"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Parse reads one file's text into v, a pointer to a struct, and returns the
// decoder, which knows where every value stands. ok is false where the text could
// not be read as YAML: v is then empty and says nothing about what is missing.
func Parse(file string, data []byte, v any, problems *Problems) (d *Decoder, ok bool) {
	target := reflect.ValueOf(v).Elem()
	fill(target)
	s := scanText(data, keysOf(target.Type()))
	d = &Decoder{File: file, source: s, problems: problems, places: map[string]Place{}}
	for _, p := range s.problems {
		p.File = file
		*problems = append(*problems, p)
	}
	if s.broken {
		return d, false
	}
	tree, err := parser.ParseBytes([]byte(s.text()), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		if len(s.problems) == 0 {
			d.unparsed(err)
		}
		return d, false
	}
	var body ast.Node
	for _, doc := range tree.Docs {
		if doc.Body != nil && body == nil {
			body = doc.Body
		}
	}
	if _, comment := body.(*ast.CommentGroupNode); body == nil || comment {
		d.At(1, 1, "", "E020", "这个文件是空的", "从发行包的 configs 里复制一份, 或删掉这个文件")
		return d, false
	}
	d.value(body, target, Trail{})
	return d, true
}

// unparsed reports what the scan let through and the parser did not.
func (d *Decoder) unparsed(err error) {
	line, column := 1, 1
	var syntax yaml.Error
	if errors.As(err, &syntax) && syntax.GetToken() != nil {
		line, column = d.original(syntax.GetToken())
	}
	d.At(line, column, "", "E019", "从这里开始读不懂了", "检查这一行和上一行的缩进、冒号、引号和括号")
}

// keysOf lists every key that a file of this type may hold, at any depth.
func keysOf(t reflect.Type) map[string]bool {
	keys, seen := map[string]bool{}, map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(t.Elem())
		case reflect.Struct:
			if w, ok := reflect.TypeAssert[writtenAs](reflect.Zero(t)); ok {
				t = w.WrittenAs()
			}
			if seen[t] {
				return
			}
			seen[t] = true
			for _, f := range FieldsOf(t) {
				keys[f.Name] = true
				walk(t.Field(f.Index).Type)
			}
		default: // holds no keys
		}
	}
	walk(t)
	return keys
}
