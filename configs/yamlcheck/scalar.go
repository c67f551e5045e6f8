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

// Field is one known key of a struct.
type Field struct {
	Name  string
	Index int
	Need  bool
	Prose bool
}

// FieldsOf lists the keys that a struct may be written with.
func FieldsOf(t reflect.Type) []Field {
	var out []Field
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			continue
		}
		tag := t.Field(i).Tag
		out = append(out, Field{name, i, tag.Get("need") == "yes", tag.Get("prose") == "yes"})
	}
	return out
}

// keyText is a key as written.
func keyText(e *ast.MappingValueNode) string { return e.Key.GetToken().Value }

// Identity is the name that people know an entry by.
func Identity(n ast.Node) string {
	var all []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		all = n.Values
	case *ast.MappingValueNode:
		all = []*ast.MappingValueNode{n}
	}
	for _, key := range []string{"编号", "id", "名称", "name", "组", "title"} {
		for _, e := range all {
			if s, ok := e.Value.(*ast.StringNode); ok && keyText(e) == key {
				return s.Value
			}
		}
	}
	return ""
}

// describe names a node's kind for people.
func describe(n ast.Node) string {
	switch n := n.(type) {
	case *ast.NullNode:
		return "空的"
	case *ast.SequenceNode:
		return "列表"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "一组“键: 值”"
	case *ast.StringNode:
		return "文字“" + Short(n.Value) + "”"
	case *ast.BoolNode:
		return "真假值 " + n.Token.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "数字 " + n.GetToken().Value
	}
	return "别的东西"
}

// Short is s cut to 20 characters, for a message.
func Short(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

func quoted(n ast.Node) bool {
	t := n.GetToken().Type
	return t == token.DoubleQuoteType || t == token.SingleQuoteType
}

// Text is a node's string; ok is false, and the problem noted, where it is none
// or where YAML might read it as something else.
func (d *Decoder) Text(n ast.Node, p Trail) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		if !quoted(n) && sexagesimal(n.Value) {
			d.Problem(n, p, "E026", "“"+n.Value+"”可能被读成数字", `用英文双引号括起来: "`+n.Value+`"`, d.quoted(n)...)
			return "", false
		}
		return n.Value, true
	case *ast.NullNode:
		d.Problem(n, p, "E024", "这里是空的", "写上内容, 或删掉这一项")
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		v := n.GetToken().Value
		d.Problem(n, p, "E026", "这里要写文字, “"+v+"”会被读成"+kindOf(n), `用英文双引号括起来: "`+v+`"`, d.quoted(n)...)
	default:
		d.Problem(n, p, "E025", "这里要写一段文字, 现在是"+describe(n), "只写一个值")
	}
	return "", false
}

func kindOf(n ast.Node) string {
	if _, ok := n.(*ast.BoolNode); ok {
		return "真假值"
	}
	return "数字"
}

// sexagesimal tells 1:30, which YAML 1.1 reads as the number 90.
func sexagesimal(s string) bool {
	head, tail, ok := strings.Cut(s, ":")
	return ok && digits(head) && digits(strings.ReplaceAll(tail, ":", ""))
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// word reads a string and holds it to its type's choices.
func (d *Decoder) word(n ast.Node, v reflect.Value, p Trail) {
	s, ok := d.Text(n, p)
	if !ok {
		return
	}
	if c, limited := reflect.TypeAssert[Choice](v); limited {
		if all := c.Choices(); !slices.Contains(all, s) {
			remedy := Suggest(s, all)
			if !strings.HasPrefix(remedy, "有这些") {
				remedy = "有这些: " + List(all) + "; " + remedy
			}
			d.Problem(n, p, "E027", "没有“"+s+"”这个选项", remedy)
			return
		}
	}
	v.SetString(s)
}

// number reads a whole number that is not negative.
func (d *Decoder) number(n ast.Node, v reflect.Value, p Trail) {
	if i, ok := n.(*ast.IntegerNode); ok {
		value := i.Token.Value
		if x, err := strconv.ParseInt(value, 10, 64); err == nil && x >= 0 && (value == "0" || value[0] != '0') {
			v.SetInt(x)
			return
		}
	}
	d.Problem(n, p, "E028", "这里要写不小于 0 的整数, 现在是"+describe(n), "只用 0 到 9, 不带引号、单位和开头的 0", d.figures(n)...)
}

// truth reads true or false, the operators' spelling.
func (d *Decoder) truth(n ast.Node, v reflect.Value, p Trail) {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		d.Problem(n, p, "E025", "这里要写 true 或 false, 现在是"+describe(n), "写 true(是) 或 false(否)")
		return
	}
	v.SetBool(b.Value)
}

// crowded reports several words written as one.
func (d *Decoder) crowded(n ast.Node, p Trail) bool {
	s, ok := n.(*ast.StringNode)
	if !ok || quoted(n) {
		return false
	}
	for i, r := range []rune(s.Value) {
		if strings.ContainsRune("，、；,;", r) {
			parts := strings.FieldsFunc(s.Value, func(r rune) bool { return strings.ContainsRune("，、；,; 【】［］“”", r) })
			d.inside(n, i, p, "E012", fmt.Sprintf("几个词被当成了一个: 用“%c”隔开, 系统只会找整串“%s”", r, Short(s.Value)),
				"改成: ["+strings.Join(parts, ", ")+"]", d.parted(n, s.Value, parts)...)
			return true
		}
	}
	return false
}

// Yes is 是 or 否, the editors' spelling of true and false.
type Yes bool

// Decode reads it for yamlcheck.
func (y *Yes) Decode(d *Decoder, n ast.Node, p Trail) {
	switch n.GetToken().Value {
	case "是":
		*y = true
	case "否":
		*y = false
	default:
		d.Problem(n, p, "E026", "这里要写 是 或 否, 现在是"+describe(n), "改成: 是", d.answer(n)...)
	}
}

// Names is a list of names that may be written as one name without brackets.
type Names []string

// Decode reads it for yamlcheck.
func (ns *Names) Decode(d *Decoder, n ast.Node, p Trail) {
	items := []ast.Node{n}
	if s, ok := n.(*ast.SequenceNode); ok {
		items = s.Values
		if len(items) == 0 {
			d.Problem(n, p, "E024", "这里是空的", "写上名称, 或删掉这一项")
		}
	}
	for i, item := range items {
		ip := p
		if len(items) > 1 {
			ip = p.Index(i, "")
		}
		s, ok := d.Text(item, ip)
		if !ok || d.crowded(item, ip) {
			continue
		}
		key := p.Index(len(*ns), "").Key
		line, column := d.position(item)
		d.places[key] = Place{line, column, ip.Show}
		*ns = append(*ns, s)
	}
}
