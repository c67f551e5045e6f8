package yamlcheck

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Trail leads to a value in two spellings: key by index, unique within a file,
// and show by the names that people know the entries by.
type Trail struct{ Key, Show string }

func (p Trail) field(name string) Trail {
	if p.Key == "" {
		return Trail{name, name}
	}
	return Trail{p.Key + "." + name, p.Show + "." + name}
}

// Index leads to the i-th entry, known by name; by its number where name is empty.
func (p Trail) Index(i int, name string) Trail {
	if name == "" {
		name = strconv.Itoa(i)
	}
	return Trail{p.Key + "[" + strconv.Itoa(i) + "]", p.Show + "[" + name + "]"}
}

// Spot is where something stands in the files; Line and Column count from 1.
type Spot struct {
	File         string
	Line, Column int
}

// Place is where a value stands.
type Place struct {
	Line, Column int
	Show         string
}

// custom values read themselves from a node.
type custom interface {
	Decode(d *Decoder, n ast.Node, p Trail)
}

// writtenAs values are written as another struct, whose keys they have.
type writtenAs interface{ WrittenAs() reflect.Type }

// Choice values are strings of which only some are known.
type Choice interface{ Choices() []string }

// Decoder fills structs from one file's syntax tree and notes every mistake. The
// library's own decoder stops at the first one, names Go types and gives no
// positions afterwards, which references between files need.
//
// A struct's field At of type Spot is set to where the struct stands. The others are
// named by the tag yaml; the tag need:"yes" makes one required, prose:"yes" lets its text hold commas in braces.
type Decoder struct {
	// File is the path as the reader gave it.
	File     string
	source   *scan
	problems *Problems
	places   map[string]Place
	count    int // problems noted
}

// Problem reports a mistake at a node. Of a line on which the form of the file is
// broken nothing more is said.
func (d *Decoder) Problem(n ast.Node, p Trail, code, message, remedy string, fix ...Edit) {
	line, column := d.position(n)
	d.At(line, column, p.Show, code, message, remedy, fix...)
}

// inside reports a problem at the i-th character of a plain scalar.
func (d *Decoder) inside(n ast.Node, i int, p Trail, code, message, remedy string, fix ...Edit) {
	line, column := d.position(n)
	d.At(line, column+i, p.Show, code, message, remedy, fix...)
}

// At is Problem at a line and a column, both from 1.
func (d *Decoder) At(line, column int, show, code, message, remedy string, fix ...Edit) {
	if d.source != nil && d.source.tainted[line] {
		return // this line was reported already; what follows from it is no news
	}
	if d.count++; d.count > maxProblems {
		return
	}
	*d.problems = append(*d.problems, Problem{d.File, line, column, show, message, remedy, code, fix})
}

// Ref reports a problem between files at a value read earlier, by its index path.
func (d *Decoder) Ref(key, message, remedy string) { d.Fault(key, "", message, remedy) }

// Fault is ref for the kinds of mistake that have a code.
func (d *Decoder) Fault(key, code, message, remedy string) {
	pl, ok := d.places[key]
	if !ok {
		pl = Place{1, 1, key}
	}
	d.At(pl.Line, pl.Column, pl.Show, code, message, remedy)
}

// Placed is where the value with this index path stands.
func (d *Decoder) Placed(key string) (at Place, ok bool) {
	at, ok = d.places[key]
	return at, ok
}

// Spot is where the value with this index path stands in the files; its Line is 0
// where there is none.
func (d *Decoder) Spot(key string) Spot {
	at := d.places[key]
	return Spot{d.File, at.Line, at.Column}
}

// Written tells whether the file has a value with this index path.
func (d *Decoder) Written(key string) bool {
	_, ok := d.places[key]
	return ok
}

// Where names the file and the line of a value for people.
func (d *Decoder) Where(key string) string {
	return fmt.Sprintf("%s 第 %d 行", d.File, d.places[key].Line)
}

// Noted is how many problems were found so far.
func (d *Decoder) Noted() int { return d.count }

// position is where a node begins in the file as its author wrote it.
func (d *Decoder) position(n ast.Node) (line, column int) {
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

func (d *Decoder) original(t *token.Token) (line, column int) {
	if t == nil || t.Position == nil {
		return 1, 1
	}
	line, column = t.Position.Line, t.Position.Column
	if d.source != nil {
		column = d.source.original(line, column)
	}
	return line, column
}

// Value reads a node into what ptr points to.
func (d *Decoder) Value(n ast.Node, ptr any, p Trail) { d.value(n, reflect.ValueOf(ptr).Elem(), p) }

// value reads a node into v, which must be addressable.
func (d *Decoder) value(n ast.Node, v reflect.Value, p Trail) {
	line, column := d.position(n)
	d.places[p.Key] = Place{line, column, p.Show}
	if c, ok := reflect.TypeAssert[custom](v.Addr()); ok {
		c.Decode(d, n, p)
		return
	}
	if v.Kind() == reflect.Struct {
		if at := v.FieldByName("At"); at.IsValid() && at.Type() == reflect.TypeFor[Spot]() {
			at.Set(reflect.ValueOf(Spot{d.File, line, column}))
		}
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
		d.Problem(n, p, "E025", "程序不认识这种设置", "请报告给开发人员")
	}
}

// entries lists the keys and values of a mapping; ok is false where n is none.
func (d *Decoder) entries(n ast.Node, p Trail, keys []string) ([]*ast.MappingValueNode, bool) {
	var all []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		all = n.Values
	case *ast.MappingValueNode:
		all = []*ast.MappingValueNode{n}
	case *ast.NullNode:
		d.Problem(n, p, "E024", "这里是空的", "在下面写上: "+List(keys)+", 或删掉这一项")
		return nil, false
	default:
		d.Problem(n, p, "E025", "这里要写“键: 值”, 现在是"+describe(n), "写成 "+example(keys))
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
func (d *Decoder) structure(n ast.Node, v reflect.Value, p Trail) {
	fields := FieldsOf(v.Type())
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	all, ok := d.entries(n, p, names)
	if !ok {
		return
	}
	seen := map[string]bool{}
	last := -1
	for _, e := range all {
		key := keyText(e)
		i := slices.Index(names, key)
		if i < 0 && last >= 0 && fields[last].Prose && continues(e) {
			f := v.Field(fields[last].Index)
			f.SetString(f.String() + "," + strings.TrimRight(e.Key.GetToken().Origin, " "))
			continue
		}
		if d.repeated(e, key, seen, p) {
			continue
		}
		last = i
		if i < 0 {
			d.Problem(e.Key, p, "E003", "不认识“"+key+"”", Suggest(key, names))
			continue
		}
		before := len(*d.problems)
		d.value(e.Value, v.Field(fields[i].Index), p.field(key))
		if len(*d.problems) == before {
			d.filled(e.Value, v.Field(fields[i].Index), fields[i].Need, p.field(key))
			d.bounds(e.Value, v.Field(fields[i].Index), v.Type().Field(fields[i].Index).Tag, p.field(key))
		}
	}
	for i, f := range fields {
		if f.Need && !seen[names[i]] {
			if near := Nearest(names[i], unknown(seen, names)); near != "" {
				continue // the misspelt key was named already
			}
			d.Problem(n, p, "E022", "缺少“"+names[i]+"”", "补上一行: "+names[i]+": …")
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
		if slices.Index(names, k) < 0 {
			out = append(out, k)
		}
	}
	return out
}

func (d *Decoder) repeated(e *ast.MappingValueNode, key string, seen map[string]bool, p Trail) bool {
	if seen[key] {
		first := d.places["\x00"+p.Key+"\x00"+key]
		d.Problem(e.Key, p, "E023", fmt.Sprintf("“%s”写了两次, 第一次在第 %d 行", key, first.Line), "合成一处, 删掉另一处")
		return true
	}
	seen[key] = true
	line, column := d.position(e.Key)
	d.places["\x00"+p.Key+"\x00"+key] = Place{Line: line, Column: column}
	return false
}

// table reads a mapping with keys of the author's own.
func (d *Decoder) table(n ast.Node, v reflect.Value, p Trail) {
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
func (d *Decoder) list(n ast.Node, v reflect.Value, p Trail) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		what := describe(n)
		if _, null := n.(*ast.NullNode); null {
			d.Problem(n, p, "E024", "这里是空的", "一行一项, 前面是横杠空格; 没有就写 []")
			return
		}
		d.Problem(n, p, "E025", "这里要写列表, 现在是"+what, "一行一项, 前面是横杠空格: - …")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values))
	for i, item := range s.Values {
		fill(out.Index(i))
		ip := p.Index(i, Identity(item))
		if _, null := item.(*ast.NullNode); null {
			d.Problem(item, ip, "E024", "这一项是空的", "写上内容, 或删掉这个横杠")
			continue
		}
		d.value(item, out.Index(i), ip)
		if v.Type().Elem().Kind() == reflect.String {
			d.crowded(item, ip)
		}
	}
	v.Set(out)
}
