package configs

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// trail leads to a value in two spellings: key by index, unique within a file,
// and show by the names that people know the entries by.
type trail struct{ key, show string }

func (p trail) field(name string) trail {
	if p.key == "" {
		return trail{name, name}
	}
	return trail{p.key + "." + name, p.show + "." + name}
}

func (p trail) index(i int, name string) trail {
	if name == "" {
		name = strconv.Itoa(i)
	}
	return trail{p.key + "[" + strconv.Itoa(i) + "]", p.show + "[" + name + "]"}
}

// Spot is where something stands in the files; Line and Column count from 1.
type Spot struct {
	File         string
	Line, Column int
}

// place is where a value stands.
type place struct {
	line, column int
	show         string
}

// custom values read themselves from a node.
type custom interface {
	decode(d *decoder, n ast.Node, p trail)
}

// choice values are strings of which only some are known.
type choice interface{ choices() []string }

// decoder fills structs from one file's syntax tree and notes every mistake. The
// library's own decoder stops at the first one, names Go types and gives no
// positions afterwards, which references between files need.
//
// Struct fields are named by the tag yaml; the tag need:"yes" makes one required, prose:"yes" lets its text hold commas in braces.
type decoder struct {
	file     string
	source   *scan
	problems *Problems
	places   map[string]place
	count    int // problems noted
}

func (d *decoder) problem(n ast.Node, p trail, code, message, remedy string, fix ...Edit) {
	line, column := d.position(n)
	d.at(line, column, p.show, code, message, remedy, fix...)
}

// inside reports a problem at the i-th character of a plain scalar.
func (d *decoder) inside(n ast.Node, i int, p trail, code, message, remedy string, fix ...Edit) {
	line, column := d.position(n)
	d.at(line, column+i, p.show, code, message, remedy, fix...)
}

func (d *decoder) at(line, column int, show, code, message, remedy string, fix ...Edit) {
	if d.source != nil && d.source.tainted[line] {
		return // this line was reported already; what follows from it is no news
	}
	if d.count++; d.count > maxProblems {
		return
	}
	*d.problems = append(*d.problems, Problem{d.file, line, column, show, message, remedy, code, fix})
}

// ref reports a problem between files at a value read earlier, by its index path.
func (d *decoder) ref(key, message, remedy string) { d.fault(key, "", message, remedy) }

// fault is ref for the kinds of mistake that have a code.
func (d *decoder) fault(key, code, message, remedy string) {
	pl, ok := d.places[key]
	if !ok {
		pl = place{1, 1, key}
	}
	d.at(pl.line, pl.column, pl.show, code, message, remedy)
}

// position is where a node begins in the file as its author wrote it.
func (d *decoder) position(n ast.Node) (line, column int) {
	t := n.GetToken()
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			t = n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		t = n.Key.GetToken()
	}
	return d.original(t)
}

func (d *decoder) original(t *token.Token) (line, column int) {
	if t == nil || t.Position == nil {
		return 1, 1
	}
	line, column = t.Position.Line, t.Position.Column
	if d.source != nil {
		column = d.source.original(line, column)
	}
	return line, column
}

// value reads a node into v, which must be addressable.
func (d *decoder) value(n ast.Node, v reflect.Value, p trail) {
	line, column := d.position(n)
	d.places[p.key] = place{line, column, p.show}
	if c, ok := reflect.TypeAssert[custom](v.Addr()); ok {
		c.decode(d, n, p)
		return
	}
	if s, ok := reflect.TypeAssert[interface{ stand(at Spot) }](v.Addr()); ok {
		s.stand(Spot{d.file, line, column})
	}
	if isDuration(v.Type()) {
		d.duration(n, v, p)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, p)
	case reflect.Slice:
		d.list(n, v, p)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
		d.value(n, v.Elem(), p)
	case reflect.Map:
		d.table(n, v, p)
	case reflect.String:
		d.word(n, v, p)
	case reflect.Int, reflect.Int64:
		d.number(n, v, p)
	case reflect.Bool:
		d.truth(n, v, p)
	default:
		d.problem(n, p, "E025", "程序不认识这种设置", "请报告给开发人员")
	}
}

// entries lists the keys and values of a mapping; ok is false where n is none.
func (d *decoder) entries(n ast.Node, p trail, keys []string) ([]*ast.MappingValueNode, bool) {
	var all []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		all = n.Values
	case *ast.MappingValueNode:
		all = []*ast.MappingValueNode{n}
	case *ast.NullNode:
		d.problem(n, p, "E024", "这里是空的", "在下面写上: "+list(keys)+", 或删掉这一项")
		return nil, false
	default:
		d.problem(n, p, "E025", "这里要写“键: 值”, 现在是"+describe(n), "写成 "+example(keys))
		return nil, false
	}
	return all, true
}

func example(keys []string) string {
	if len(keys) == 0 {
		return "{名称: …}"
	}
	return "{" + keys[0] + ": …}"
}

// structure reads a mapping with known keys.
func (d *decoder) structure(n ast.Node, v reflect.Value, p trail) {
	fields := fieldsOf(v.Type())
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	all, ok := d.entries(n, p, names)
	if !ok {
		return
	}
	seen := map[string]bool{}
	last := -1
	for _, e := range all {
		key := keyText(e)
		i := indexOf(names, key)
		if i < 0 && last >= 0 && fields[last].prose && continues(e) {
			f := v.Field(fields[last].index)
			f.SetString(f.String() + "," + strings.TrimRight(e.Key.GetToken().Origin, " "))
			continue
		}
		if d.repeated(e, key, seen, p) {
			continue
		}
		last = i
		if i < 0 {
			d.problem(e.Key, p, "E003", "不认识“"+key+"”", suggest(key, names))
			continue
		}
		before := len(*d.problems)
		d.value(e.Value, v.Field(fields[i].index), p.field(key))
		if len(*d.problems) == before {
			d.filled(e.Value, v.Field(fields[i].index), fields[i].need, p.field(key))
			d.bounds(e.Value, v.Field(fields[i].index), v.Type().Field(fields[i].index).Tag, p.field(key))
		}
	}
	for i, f := range fields {
		if f.need && !seen[names[i]] {
			if near := nearest(names[i], unknown(seen, names)); near != "" {
				continue // the misspelt key was named already
			}
			d.problem(n, p, "E022", "缺少“"+names[i]+"”", "补上一行: "+names[i]+": …")
		}
	}
}

// continues tells a key without colon inside braces: YAML cuts {文: 甲,乙} at its
// comma. After prose it can only be the rest of the sentence.
func continues(e *ast.MappingValueNode) bool {
	_, null := e.Value.(*ast.NullNode)
	return null && e.Start == e.Key.GetToken()
}

// unknown lists the keys seen that are not among the names.
func unknown(seen map[string]bool, names []string) []string {
	var out []string
	for k := range seen {
		if indexOf(names, k) < 0 {
			out = append(out, k)
		}
	}
	return out
}

func (d *decoder) repeated(e *ast.MappingValueNode, key string, seen map[string]bool, p trail) bool {
	if seen[key] {
		first := d.places["\x00"+p.key+"\x00"+key]
		d.problem(e.Key, p, "E023", fmt.Sprintf("“%s”写了两次, 第一次在第 %d 行", key, first.line), "合成一处, 删掉另一处")
		return true
	}
	seen[key] = true
	line, column := d.position(e.Key)
	d.places["\x00"+p.key+"\x00"+key] = place{line: line, column: column}
	return false
}

// table reads a mapping with keys of the author's own.
func (d *decoder) table(n ast.Node, v reflect.Value, p trail) {
	all, ok := d.entries(n, p, nil)
	if !ok {
		return
	}
	out := reflect.MakeMapWithSize(v.Type(), len(all))
	seen := map[string]bool{}
	for _, e := range all {
		key := keyText(e)
		if d.repeated(e, key, seen, p) {
			continue
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		d.value(e.Value, elem, p.field(key))
		out.SetMapIndex(reflect.ValueOf(key), elem)
	}
	v.Set(out)
}

// list reads a sequence.
func (d *decoder) list(n ast.Node, v reflect.Value, p trail) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		what := describe(n)
		if _, null := n.(*ast.NullNode); null {
			d.problem(n, p, "E024", "这里是空的", "一行一项, 前面是横杠空格; 没有就写 []")
			return
		}
		d.problem(n, p, "E025", "这里要写列表, 现在是"+what, "一行一项, 前面是横杠空格: - …")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values))
	for i, item := range s.Values {
		fill(out.Index(i))
		ip := p.index(i, identity(item))
		if _, null := item.(*ast.NullNode); null {
			d.problem(item, ip, "E024", "这一项是空的", "写上内容, 或删掉这个横杠")
			continue
		}
		d.value(item, out.Index(i), ip)
		if v.Type().Elem().Kind() == reflect.String {
			d.crowded(item, ip)
		}
	}
	v.Set(out)
}
