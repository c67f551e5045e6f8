package rulefile

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"huiying/configs/yamlcheck"
)

// exampleMost is how long an example may be, in characters: an editor reads it.
const exampleMost = 1000

// Why an example was not written into a rule file.
var (
	// ErrNoRule says that the file has no rule of that id.
	ErrNoRule = errors.New("no such rule")
	// ErrExampleTooLong says that the text is too long for an example.
	ErrExampleTooLong = errors.New("the text is too long for an example")
	// ErrExampleShape says that the rule is written in a shape that a line cannot be
	// added to surely.
	ErrExampleShape = errors.New("the rule is written in a shape no line can be added to")
)

// NewExample is an example to add to a rule: Kind is the key of 示例 it goes under,
// such as 应命中.
type NewExample struct {
	Kind, Title, Body, Because string
	Category                   Category
}

// line is the example in braces, as it stands in a list.
func (e NewExample) line() string {
	var b strings.Builder
	b.WriteString("{")
	if title := flatten(e.Title); title != "" {
		b.WriteString("标题: " + quote(title) + ", ")
	}
	b.WriteString("文: " + quote(flatten(e.Body)))
	if e.Category != "" {
		b.WriteString(", 期望: {类别: " + string(e.Category) + "}")
	}
	if because := flatten(e.Because); because != "" {
		b.WriteString(", 因为: " + quote(because))
	}
	return b.String() + "}"
}

// flatten is text without line breaks and without characters that the rule files
// refuse; they decide nothing.
func flatten(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u3000':
			return ' '
		case unicode.Is(unicode.Cf, r), unicode.IsControl(r) && !unicode.IsSpace(r), r == '\uFEFF':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// quote writes text in YAML's double quotes.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// AddExample adds an example to a rule of one file's text, as a line before those
// that stand there. Nothing else of the text changes, comments and spaces
// included, and what it returns reads as the same rules with one example more;
// else it is an error.
func AddExample(name string, data []byte, rule string, e NewExample) ([]byte, error) {
	if len([]rune(e.Title+e.Body)) > exampleMost {
		return nil, ErrExampleTooLong
	}
	before, d, err := examined(name, data)
	if err != nil {
		return nil, err
	}
	key, examples := before.find(rule)
	if key == "" {
		return nil, fmt.Errorf("%w: %s", ErrNoRule, rule)
	}
	end := "\n"
	if strings.Contains(string(data), "\r\n") {
		end = "\r\n"
	}
	lines := strings.Split(string(data), end)
	lines, ok := insert(lines, d, key, e)
	if !ok {
		return nil, ErrExampleShape
	}
	out := []byte(strings.Join(lines, end))
	after, _, err := examined(name, out)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrExampleShape, err)
	}
	// The only difference is the example.
	_, now := after.find(rule)
	list, was := now.of(e.Kind), examples.of(e.Kind)
	if list == nil || len(*list) != len(*was)+1 || (*list)[0].Body != flatten(e.Body) {
		return nil, ErrExampleShape
	}
	*list = (*list)[1:]
	if len(*was) == 0 {
		*list = nil
	}
	if !reflect.DeepEqual(unplaced(before), unplaced(after)) {
		return nil, ErrExampleShape
	}
	return out, nil
}

// examined reads one file, which must be good by itself.
func examined(name string, data []byte) (*File, *yamlcheck.Decoder, error) {
	var problems yamlcheck.Problems
	f := new(File)
	d, ok := yamlcheck.Parse(name, data, f, &problems)
	if err := problems.Err(); err != nil {
		return nil, nil, err
	}
	if !ok {
		return nil, nil, ErrExampleShape
	}
	return f, d, nil
}

// find finds a rule or mark with the path that leads to it.
func (f *File) find(id string) (key string, examples *Examples) {
	for i := range f.Rules {
		if f.Rules[i].ID == id {
			return "规则[" + strconv.Itoa(i) + "]", &f.Rules[i].Examples
		}
	}
	for i := range f.Marks {
		if f.Marks[i].ID == id {
			return "标记规则[" + strconv.Itoa(i) + "]", &f.Marks[i].Examples
		}
	}
	return "", nil
}

// of is the list that stands under a key of 示例; nil for an unknown key.
func (e *Examples) of(kind string) *[]Example {
	switch kind {
	case "应命中":
		return &e.Hit
	case "不应命中":
		return &e.Miss
	case "转复核":
		return &e.Review
	case "暂不支持":
		return &e.Known
	}
	return nil
}

// unplaced is a rule file without where its parts stand: examples by their text,
// and everything else as it prints.
func unplaced(f *File) string {
	places := reflect.TypeFor[yamlcheck.Spot]()
	var b strings.Builder
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch {
		case v.Type() == places:
		case v.Kind() == reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.Tag.Get("yaml") != "-" {
					b.WriteString("|" + f.Name + ":")
					walk(v.Field(i))
				}
			}
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
			b.WriteString("]")
		case v.Kind() == reflect.Map:
			fmt.Fprintf(&b, "%d{", v.Len())
			for _, k := range slices.Sorted(slices.Values(mapKeys(v))) {
				b.WriteString(k + "=")
				walk(v.MapIndex(reflect.ValueOf(k)))
			}
		default:
			fmt.Fprintf(&b, "%v;", v.Interface())
		}
	}
	walk(reflect.ValueOf(f))
	return b.String()
}

func mapKeys(v reflect.Value) []string {
	var out []string
	for _, k := range v.MapKeys() {
		out = append(out, k.String())
	}
	return out
}

// insert puts the example's line where the rule at key wants it.
func insert(lines []string, d *yamlcheck.Decoder, key string, e NewExample) ([]string, bool) {
	at := func(key string) (line, column int, ok bool) {
		p, ok := d.Placed(key)
		return p.Line - 1, p.Column - 1, ok && p.Line >= 1 && p.Line <= len(lines)
	}
	into := func(line, column int, text, empty string) ([]string, bool) {
		r := []rune(lines[line])
		rest := strings.TrimSpace(string(r[column+1:]))
		if strings.HasPrefix(rest, empty) {
			text = strings.TrimSuffix(text, ", ")
		}
		lines[line] = string(r[:column+1]) + text + string(r[column+1:])
		return lines, true
	}
	add := func(line int, more ...string) ([]string, bool) {
		return append(lines[:line:line], append(more, lines[line:]...)...), true
	}
	char := func(line, column int) rune {
		if r := []rune(lines[line]); column >= 0 && column < len(r) {
			return r[column]
		}
		return 0
	}
	if line, column, ok := at(key + ".示例." + e.Kind); ok {
		if char(line, column) == '[' {
			return into(line, column, e.line()+", ", "]")
		}
		indent, ok := blank(lines[line], column)
		if !ok || char(line, column) != '-' {
			return nil, false
		}
		return add(line, indent+"- "+e.line())
	}
	if line, column, ok := at(key + ".示例"); ok {
		if char(line, column) == '{' {
			return into(line, column, e.Kind+": ["+e.line()+"], ", "}")
		}
		indent, ok := blank(lines[line], column)
		if !ok {
			return nil, false
		}
		return add(line, indent+e.Kind+":", indent+"  - "+e.line())
	}
	line, column, ok := at(key)
	if !ok || char(line, column) == '{' {
		return nil, false
	}
	indent := strings.Repeat(" ", column)
	return add(blockEnd(lines, line, column), indent+"示例:", indent+"  "+e.Kind+":", indent+"    - "+e.line())
}

// blank is the white space before a column, where there is nothing else.
func blank(line string, column int) (string, bool) {
	r := []rune(line)
	if column > len(r) || strings.TrimSpace(string(r[:column])) != "" {
		return "", false
	}
	return string(r[:column]), true
}

// blockEnd is the line after the last of a block whose keys stand at a column.
func blockEnd(lines []string, from, column int) int {
	end := from + 1
	for i := from + 1; i < len(lines); i++ {
		text := strings.TrimLeft(lines[i], " ")
		if text == "" {
			continue
		}
		if len(lines[i])-len(text) < column {
			break
		}
		end = i + 1
	}
	return end
}
