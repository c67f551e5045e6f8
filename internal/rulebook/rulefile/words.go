package rulefile

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"huiying/configs/yamlcheck"
)

// Words are words with what voids them.
type Words struct {
	Words yamlcheck.Names `yaml:"词" jsonschema_description:"词"`
	Lists yamlcheck.Names `yaml:"词表" jsonschema_description:"用哪些词表"`
	Not   yamlcheck.Names `yaml:"不算" jsonschema_description:"词落在这些话里不算"`
	// Anywhere switches the word-boundary check off.
	Anywhere yamlcheck.Yes `yaml:"任意位置" jsonschema_description:"是: 不管词的边界"`
	// At is where each of Words stands, NotAt where its own of Not do.
	At    []yamlcheck.Spot `yaml:"-"`
	NotAt []yamlcheck.Spot `yaml:"-"`
}

// WordList is a list of words, each written bare or as {词: …, 不算: …} or as a
// list in a list, or as {词表: …} for a named list. Bare words are gathered in one entry.
type WordList []Words

// Decode reads it for yamlcheck.
func (w *WordList) Decode(d *yamlcheck.Decoder, n ast.Node, p yamlcheck.Trail) {
	items, paths := []ast.Node{n}, []yamlcheck.Trail{p}
	if s, ok := n.(*ast.SequenceNode); ok {
		if len(s.Values) == 0 {
			d.Problem(n, p, "E024", "这里一个词也没有", "写上词, 如 [停电, 停气], 或删掉这一项")
			return
		}
		items, paths = s.Values, nil
		for i, item := range items {
			paths = append(paths, p.Index(i, yamlcheck.Identity(item)))
		}
	}
	var bare Words
	at := -1
	for i, item := range items {
		switch item := item.(type) {
		case *ast.MappingNode, *ast.MappingValueNode:
			var words Words
			key := p.Index(len(*w), "").Key
			before := d.Noted()
			d.Value(item, &words, yamlcheck.Trail{Key: key, Show: paths[i].Show})
			if len(words.Words) == 0 && len(words.Lists) == 0 && d.Noted() == before {
				d.Problem(item, paths[i], "E033", "这一项没有“词”", "写成 {词: […], 不算: […]}")
			}
			words.At = spots(d, key+".词", len(words.Words))
			words.NotAt = spots(d, key+".不算", len(words.Not))
			checkWords(d, key, words)
			*w = append(*w, words)
		case *ast.SequenceNode:
			var words yamlcheck.Names
			words.Decode(d, item, paths[i])
			bare, at = w.gather(d, paths[i], bare, at, words)
		default:
			var words yamlcheck.Names
			words.Decode(d, item, paths[i])
			bare, at = w.gather(d, paths[i], bare, at, words)
		}
	}
}

// spots are the places of n names read one after another.
func spots(d *yamlcheck.Decoder, key string, n int) []yamlcheck.Spot {
	out := make([]yamlcheck.Spot, n)
	for i := range out {
		out[i] = d.Spot(key + "[" + strconv.Itoa(i) + "]")
	}
	return out
}

// gather adds bare words, read at p, to the one entry that holds them.
func (w *WordList) gather(d *yamlcheck.Decoder, p yamlcheck.Trail, bare Words, at int, words yamlcheck.Names) (Words, int) {
	if at < 0 {
		at = len(*w)
		*w = append(*w, Words{})
	}
	for i, word := range words {
		checkWord(d, word, p.Index(i, "").Key)
	}
	bare.Words = append(bare.Words, words...)
	bare.At = append(bare.At, spots(d, p.Key, len(words))...)
	(*w)[at] = bare
	return bare, at
}

func checkWords(d *yamlcheck.Decoder, key string, w Words) {
	for i, word := range w.Words {
		checkWord(d, word, key+".词["+strconv.Itoa(i)+"]")
	}
	for i, word := range w.Not {
		checkWord(d, word, key+".不算["+strconv.Itoa(i)+"]")
	}
}

// checkWord refuses words that can never match as meant.
func checkWord(d *yamlcheck.Decoder, word, key string) {
	at, _ := d.Placed(key)
	r := []rune(word)
	switch {
	case strings.TrimSpace(word) == "":
		d.At(at.Line, at.Column, at.Show, "E024", "这个词是空的", "写上词, 或删掉它")
	case word == "是" || word == "否":
		d.At(at.Line, at.Column, at.Show, "E030", "“"+word+"”写成了词", "是/否 只用在“否定不算”和“任意位置”")
	case strings.ContainsAny(word, "“”【】"):
		d.At(at.Line, at.Column, at.Show, "E030", "“"+yamlcheck.Short(word)+"”带着中文引号或括号, 系统会连它们一起找",
			"用英文的: \""+strings.Trim(word, "“”【】")+"\"", d.Straight(at, word)...)
	case strings.Contains(word, ".*") || strings.Contains(word, ".+") || strings.ContainsAny(word, `|\`):
		d.At(at.Line, at.Column, at.Show, "E030", "“"+yamlcheck.Short(word)+"”里的符号会被当成普通字去找, 词里不能写正则", "把几种写法各写成一个词: [停电, 停气]")
	case spaced(r) >= 0:
		d.At(at.Line, at.Column, at.Show, "E012", "“"+yamlcheck.Short(word)+"”中间有空格, 几个词被当成了一个",
			"改成: ["+strings.Join(strings.Fields(word), ", ")+"]")
	case len(r) > 40:
		d.At(at.Line, at.Column, at.Show, "E030", "这个词有 "+strconv.Itoa(len(r))+" 个字, 太长了", "词不超过 40 个字; 整句话请放进“示例”")
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
