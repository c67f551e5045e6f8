package configs

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"regexp"
	"strings"
	"time"
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
	fill(valueOf(&out.Defaults))
	names, err := t.yamls(dir)
	if err != nil {
		*problems = append(*problems, unreadable(dir, err))
		return out
	}
	if len(names) == 0 {
		*problems = append(*problems, Problem{File: dir, Message: "目录里没有规则文件", Remedy: "放进至少一个 .yaml 文件"})
		return out
	}
	var files []*loadedRules
	complete := true
	sum := sha256.New()
	for _, name := range names {
		data, changed, err := t.read(name)
		if err != nil {
			*problems = append(*problems, unreadable(name, err))
			complete = false
			continue
		}
		out.Files++
		if changed.After(out.Newest) {
			out.Newest = changed
		}
		sum.Write([]byte(strings.TrimPrefix(name, dir) + "\x00"))
		sum.Write(data)
		f := &loadedRules{}
		var ok bool
		if f.decoder, ok = parse(name, data, &f.file, problems); !ok {
			complete = false
			continue
		}
		files = append(files, f)
	}
	out.Hash = hex.EncodeToString(sum.Sum(nil))[:8]
	joinRules(out, files, owners, complete)
	return out
}

// joinRules checks what one file says of another and puts all together. Where a
// file could not be read, names it may define are not called unknown.
func joinRules(out *Rules, files []*loadedRules, owners []string, complete bool) {
	j := &joiner{out: out, owners: owners, complete: complete, ids: map[string]string{}}
	for _, f := range files {
		j.lists(f)
	}
	for _, f := range files {
		j.singles(f)
		for i := range f.file.Excludes {
			key := "通用排除[" + itoa(i) + "]"
			if f.file.Excludes[i].Name == "" {
				f.ref(key, "缺少“名称”", "补上一行: 名称: …")
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
}

// Version names the rule set: the day of its newest file, in the bureau's own
// zone, and its hash; the hash alone for embedded files.
func (r *Rules) Version() string {
	if r.Newest.IsZero() {
		return r.Hash
	}
	return r.Newest.In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly) + "-" + r.Hash
}

// figures tells a span of time written with a figure, which only huiying.yaml may set.
func figures(text string) bool {
	return regexp.MustCompile(`[0-9０-９一二三四五六七八九十百两半]+\s*个?(小时|分钟|天|日|周|h|H)`).MatchString(text)
}
