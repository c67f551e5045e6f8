package rulefile

import (
	"maps"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"huiying/configs/yamlcheck"
)

// Escalations is 升级: one step, or a list of steps of which each counts for
// itself.
type Escalations []Escalation

// Decode reads it for yamlcheck.
func (es *Escalations) Decode(d *yamlcheck.Decoder, n ast.Node, p yamlcheck.Trail) {
	items := []ast.Node{n}
	if s, ok := n.(*ast.SequenceNode); ok {
		if items = s.Values; len(items) == 0 {
			d.Problem(n, p, "E024", "这里一步也没有", "写上一步, 如 {按: 县区, 时间内: 6小时, 不同帖子达到: 10, 转为: 告警}, 或删掉这一项")
			return
		}
	}
	for i, item := range items {
		var e Escalation
		d.Value(item, &e, p.Index(i, ""))
		*es = append(*es, e)
	}
}

// districts takes over the districts of a file. Each of their words must be a
// place word by itself: else it would never be found, and nothing be counted.
func (j *joiner) districts(f *loadedRules, of map[string]yamlcheck.Names) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		key := "地域.本市.县区." + name
		if j.out.Places.City.Districts == nil {
			j.out.Places.City.Districts = map[string]yamlcheck.Names{}
		}
		for i, word := range of[name] {
			at := key + "[" + strconv.Itoa(i) + "]"
			for other, words := range j.out.Places.City.Districts {
				if slices.Index(words, word) >= 0 {
					f.Fault(at, "E037", "“"+word+"”已经是“"+other+"”的叫法", "一个叫法只能归一个县区, 删掉一处")
				}
			}
			j.districtWords = append(j.districtWords, districtWord{f, at, word})
		}
		j.out.Places.City.Districts[name] = append(j.out.Places.City.Districts[name], of[name]...)
	}
}

// districtWord is a word of 县区 with where it stands.
type districtWord struct {
	file *loadedRules
	key  string
	word string
}

// placed holds the words of 县区 to the place words of all files.
func (j *joiner) placed() {
	known := map[string]bool{}
	city := j.out.Places.City
	for _, list := range []WordList{city.Sure, city.Unsure} {
		for _, w := range list {
			for _, word := range w.Words {
				known[word] = true
			}
		}
	}
	for _, d := range j.districtWords {
		if !known[d.word] {
			d.file.Fault(d.key, "E037", "“"+d.word+"”不在“写到就算”和“还要旁证”里, 永远数不到", "先把“"+d.word+"”加进“写到就算”或“还要旁证”, 或改成那里有的写法")
		}
	}
}
