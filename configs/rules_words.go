package configs

import (
	"reflect"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
)

// RuleWords are words with what voids them.
type RuleWords struct {
	Words Names `yaml:"词" jsonschema_description:"词"`
	Lists Names `yaml:"词表" jsonschema_description:"用哪些词表"`
	Not   Names `yaml:"不算" jsonschema_description:"词落在这些话里不算"`
	// Anywhere switches the word-boundary check off.
	Anywhere Yes `yaml:"任意位置" jsonschema_description:"是: 不管词的边界"`
	// At is where each of Words stands, NotAt where its own of Not do.
	At    []Spot `yaml:"-"`
	NotAt []Spot `yaml:"-"`
}

// WordList is a list of words, each written bare or as {词: …, 不算: …} or as a
// list in a list, or as {词表: …} for a named list. Bare words are gathered in one entry.
type WordList []RuleWords

func (w *WordList) decode(d *decoder, n ast.Node, p trail) {
	items, paths := []ast.Node{n}, []trail{p}
	if s, ok := n.(*ast.SequenceNode); ok {
		if len(s.Values) == 0 {
			d.problem(n, p, "E024", "这里一个词也没有", "写上词, 如 [停电, 停气], 或删掉这一项")
			return
		}
		items, paths = s.Values, nil
		for i, item := range items {
			paths = append(paths, p.index(i, identity(item)))
		}
	}
	var bare RuleWords
	at := -1
	for i, item := range items {
		switch item := item.(type) {
		case *ast.MappingNode, *ast.MappingValueNode:
			var words RuleWords
			key := p.index(len(*w), "").key
			before := d.count
			d.value(item, reflect.ValueOf(&words).Elem(), trail{key, paths[i].show})
			if len(words.Words) == 0 && len(words.Lists) == 0 && d.count == before {
				d.problem(item, paths[i], "E033", "这一项没有“词”", "写成 {词: […], 不算: […]}")
			}
			words.At = d.spots(key+".词", len(words.Words))
			words.NotAt = d.spots(key+".不算", len(words.Not))
			d.checkWords(key, words)
			*w = append(*w, words)
		case *ast.SequenceNode:
			var words Names
			words.decode(d, item, paths[i])
			bare, at = w.gather(d, paths[i], bare, at, words)
		default:
			var words Names
			words.decode(d, item, paths[i])
			bare, at = w.gather(d, paths[i], bare, at, words)
		}
	}
}

// spots are the places of n names read one after another.
func (d *decoder) spots(key string, n int) []Spot {
	out := make([]Spot, n)
	for i := range out {
		at := d.places[key+"["+itoa(i)+"]"]
		out[i] = Spot{d.file, at.line, at.column}
	}
	return out
}

// gather adds bare words, read at p, to the one entry that holds them.
func (w *WordList) gather(d *decoder, p trail, bare RuleWords, at int, words Names) (RuleWords, int) {
	if at < 0 {
		at = len(*w)
		*w = append(*w, RuleWords{})
	}
	for i, word := range words {
		d.checkWord(word, d.places[p.index(i, "").key])
	}
	bare.Words = append(bare.Words, words...)
	bare.At = append(bare.At, d.spots(p.key, len(words))...)
	(*w)[at] = bare
	return bare, at
}

func (d *decoder) checkWords(key string, w RuleWords) {
	for i, word := range w.Words {
		d.checkWord(word, d.places[key+".词["+itoa(i)+"]"])
	}
	for i, word := range w.Not {
		d.checkWord(word, d.places[key+".不算["+itoa(i)+"]"])
	}
}

// checkWord refuses words that can never match as meant.
func (d *decoder) checkWord(word string, at place) {
	r := []rune(word)
	switch {
	case strings.TrimSpace(word) == "":
		d.at(at.line, at.column, at.show, "E024", "这个词是空的", "写上词, 或删掉它")
	case word == "是" || word == "否":
		d.at(at.line, at.column, at.show, "E030", "“"+word+"”写成了词", "是/否 只用在“否定不算”和“任意位置”")
	case strings.ContainsAny(word, "“”【】"):
		d.at(at.line, at.column, at.show, "E030", "“"+short(word)+"”带着中文引号或括号, 系统会连它们一起找",
			"用英文的: \""+strings.Trim(word, "“”【】")+"\"", d.straight(at, word)...)
	case strings.Contains(word, ".*") || strings.Contains(word, ".+") || strings.ContainsAny(word, `|\`):
		d.at(at.line, at.column, at.show, "E030", "“"+short(word)+"”里的符号会被当成普通字去找, 词里不能写正则", "把几种写法各写成一个词: [停电, 停气]")
	case spaced(r) >= 0:
		d.at(at.line, at.column, at.show, "E012", "“"+short(word)+"”中间有空格, 几个词被当成了一个",
			"改成: ["+strings.Join(strings.Fields(word), ", ")+"]")
	case len(r) > 40:
		d.at(at.line, at.column, at.show, "E030", "这个词有 "+itoa(len(r))+" 个字, 太长了", "词不超过 40 个字; 整句话请放进“示例”")
	}
}

// spaced is where two Han characters stand apart, or -1.
func spaced(r []rune) int {
	for i := 1; i+1 < len(r); i++ {
		if unicode.IsSpace(r[i]) && (unicode.Is(unicode.Han, r[i-1]) || unicode.Is(unicode.Han, r[i+1])) {
			return i
		}
	}
	return -1
}
