package configs

import (
	"io/fs"
	"regexp"
	"slices"
	"time"

	"huiying/internal/zh"
)

// loadedRules is one rule file with the decoder that knows its places.
type loadedRules struct {
	*decoder
	file RuleFile
}

// LoadRules reads every *.yaml of a rules directory. owners are the names that
// 归口 may use: sections, units and the office; nil leaves them unchecked. An
// error is of type Problems.
func LoadRules(dir string, owners []string) (*Rules, error) {
	return finishRules(tree{}, dir, owners)
}

// LoadRulesFS is LoadRules from any file system.
func LoadRulesFS(fsys fs.FS, dir string, owners []string) (*Rules, error) {
	return finishRules(tree{fsys}, dir, owners)
}

// CheckRules is LoadRules that also tells what is worth a look: the problems hold
// mistakes and warnings, in the order of the files. The rules are nil where there
// is a mistake.
func CheckRules(dir string, owners []string) (*Rules, Problems) {
	return checkRules(tree{}, dir, owners)
}

// CheckRulesFS is CheckRules from any file system.
func CheckRulesFS(fsys fs.FS, dir string, owners []string) (*Rules, Problems) {
	return checkRules(tree{fsys}, dir, owners)
}

func checkRules(t tree, dir string, owners []string) (*Rules, Problems) {
	var problems Problems
	rules := readRules(t, dir, owners, &problems)
	mistakes := len(problems) > 0
	all := slices.Concat(problems, rules.warnings, t.strays(dir))
	if all.err() == nil {
		return rules, nil
	}
	all = slices.CompactFunc(all, func(a, b Problem) bool { return a.String() == b.String() })
	if mistakes {
		return nil, all
	}
	return rules, all
}

func finishRules(t tree, dir string, owners []string) (*Rules, error) {
	var problems Problems
	rules := readRules(t, dir, owners, &problems)
	if err := problems.err(); err != nil {
		return nil, err
	}
	return rules, nil
}

// readRules reads and joins the files of a directory.
func readRules(t tree, dir string, owners []string, problems *Problems) *Rules {
	out := &Rules{WordLists: map[string]WordList{}}
	if t.fsys == nil {
		out.Dir = dir
	}
	fill(valueOf(&out.Defaults))
	read, err := t.rules(dir)
	if err != nil {
		*problems = append(*problems, unreadable(dir, err))
		return out
	}
	if len(read) == 0 {
		*problems = append(*problems, Problem{File: dir, Code: "E001", Message: "目录里没有规则文件", Remedy: "放进至少一个 .yaml 文件"})
		return out
	}
	var files []*loadedRules
	complete := true
	for _, r := range read {
		if r.err != nil {
			*problems = append(*problems, unreadable(r.name, r.err))
			complete = false
			continue
		}
		out.Files++
		if r.changed.After(out.Newest) {
			out.Newest = r.changed
		}
		f := &loadedRules{}
		var ok bool
		if f.decoder, ok = parse(r.name, r.data, &f.file, problems); !ok {
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
			key := "通用排除[" + itoa(i) + "]"
			if f.file.Excludes[i].Name == "" {
				f.fault(key, "E022", "缺少“名称”", "补上一行: 名称: …")
			}
			j.exclude(f, key, &f.file.Excludes[i])
		}
		out.Excludes = append(out.Excludes, f.file.Excludes...)
		for i := range f.file.Marks {
			j.mark(f, "标记规则["+itoa(i)+"]", &f.file.Marks[i])
		}
		out.Marks = append(out.Marks, f.file.Marks...)
		for i := range f.file.Rules {
			j.rule(f, "规则["+itoa(i)+"]", &f.file.Rules[i])
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
