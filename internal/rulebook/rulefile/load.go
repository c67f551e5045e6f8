// Package rulefile reads the rule files that editors write, in Chinese YAML: the rule
// language, its choices and its mistakes, and how an example is added to a file.
package rulefile

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"huiying/configs/yamlcheck"
	"huiying/internal/zh"
)

// loadedRules is one rule file with the decoder that knows its places.
type loadedRules struct {
	*yamlcheck.Decoder
	file File
}

// Load reads every *.yaml of a rules directory. owners are the names that 归口 may
// use: sections, units and the office; nil leaves them unchecked. An error is of
// type yamlcheck.Problems.
func Load(dir string, owners []string) (*Rules, error) {
	return LoadFrom(yamlcheck.Tree{}, dir, owners)
}

// LoadFrom is Load from any tree.
func LoadFrom(t yamlcheck.Tree, dir string, owners []string) (*Rules, error) {
	var problems yamlcheck.Problems
	rules := readRules(t, dir, owners, &problems)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return rules, nil
}

// Check is LoadFrom that also tells what is worth a look: the problems hold mistakes
// and warnings, in the order of the files. The rules are nil where there is a mistake.
func Check(t yamlcheck.Tree, dir string, owners []string) (*Rules, yamlcheck.Problems) {
	var problems yamlcheck.Problems
	rules := readRules(t, dir, owners, &problems)
	mistakes := len(problems) > 0
	all := slices.Concat(problems, rules.warnings, strays(t, dir))
	if all.Err() == nil {
		return rules, nil
	}
	all = slices.CompactFunc(all, func(a, b yamlcheck.Problem) bool { return a.String() == b.String() })
	if mistakes {
		return nil, all
	}
	return rules, all
}

// readRules reads and joins the files of a directory.
func readRules(t yamlcheck.Tree, dir string, owners []string, problems *yamlcheck.Problems) *Rules {
	out := &Rules{WordLists: map[string]WordList{}}
	if !t.Embedded() {
		out.Dir = dir
	}
	yamlcheck.Fill(&out.Defaults)
	read, err := texts(t, dir)
	if err != nil {
		*problems = append(*problems, yamlcheck.Unreadable(dir, err))
		return out
	}
	if len(read) == 0 {
		*problems = append(*problems, yamlcheck.Problem{File: dir, Code: "E001", Message: "目录里没有规则文件", Remedy: "放进至少一个 .yaml 文件"})
		return out
	}
	var files []*loadedRules
	complete := true
	for _, r := range read {
		if r.err != nil {
			*problems = append(*problems, yamlcheck.Unreadable(r.name, r.err))
			complete = false
			continue
		}
		out.Files++
		if r.changed.After(out.Newest) {
			out.Newest = r.changed
		}
		f := &loadedRules{}
		var ok bool
		if f.Decoder, ok = yamlcheck.Parse(r.name, r.data, &f.file, problems); !ok {
			complete = false
			continue
		}
		files = append(files, f)
	}
	out.Hash = hashOf(read)[:8]
	joinRules(out, files, owners, complete)
	return out
}

// joinRules checks what one file says of another and puts all together. Where a
// file could not be read, names it may define are not called unknown.
func joinRules(out *Rules, files []*loadedRules, owners []string, complete bool) {
	j := &joiner{out: out, owners: owners, complete: complete, ids: map[string]string{}, used: map[string]bool{}}
	for _, f := range files {
		j.lists(f)
	}
	for _, f := range files {
		j.singles(f)
		for i := range f.file.Excludes {
			key := "通用排除[" + strconv.Itoa(i) + "]"
			if f.file.Excludes[i].Name == "" {
				f.Fault(key, "E022", "缺少“名称”", "补上一行: 名称: …")
			}
			j.exclude(f, key, &f.file.Excludes[i])
		}
		out.Excludes = append(out.Excludes, f.file.Excludes...)
		for i := range f.file.Marks {
			j.mark(f, "标记规则["+strconv.Itoa(i)+"]", &f.file.Marks[i])
		}
		out.Marks = append(out.Marks, f.file.Marks...)
		for i := range f.file.Rules {
			j.rule(f, "规则["+strconv.Itoa(i)+"]", &f.file.Rules[i])
		}
		out.Rules = append(out.Rules, f.file.Rules...)
	}
	if complete {
		j.placed()
	}
	j.advise(files)
}

// Version names the rule set: the day of its newest file, in the bureau's own
// zone, and its hash; the hash alone for embedded files.
func (r *Rules) Version() string {
	if r.Newest.IsZero() {
		return r.Hash
	}
	return r.Newest.In(zh.Beijing()).Format(time.DateOnly) + "-" + r.Hash
}

// figures tells a span of time written with a figure, which only huiying.yaml may set.
func figures(text string) bool {
	return regexp.MustCompile(`[0-9０-９一二三四五六七八九十百两半]+\s*个?(小时|分钟|天|日|周|h|H)`).MatchString(text)
}

// everyFile is a word that every rule file has.
const everyFile = "版本"

// Mend mends in one rule file's text what can be mended surely, and returns the text
// and the problems mended.
func Mend(name string, data []byte) (fixed []byte, mended yamlcheck.Problems) {
	return yamlcheck.Mend(name, data, everyFile, func() any { return &File{} })
}

// Decode takes a byte order mark away from a rule file's text and reads GBK.
func Decode(name string, data []byte) ([]byte, yamlcheck.Problems) {
	return yamlcheck.DecodeText(name, data, everyFile)
}
