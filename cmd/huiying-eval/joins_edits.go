package main

import (
	"math/rand/v2"
	"strings"

	"huiying/event/similar"
)

// The lengths that have goals of their own.
const (
	classArticle = "文章 (≥160 字)"
	classPost    = "帖子 (25–159 字)"
	classShort   = "短帖 (10–24 字)"
)

// lengthClass is "" for texts too short to have edits of.
func lengthClass(t similar.Text) string {
	switch {
	case len(t) >= 160:
		return classArticle
	case len(t) >= 25:
		return classPost
	case len(t) >= 10:
		return classShort
	}
	return ""
}

// editKind is one way in which reposting changes a text.
type editKind struct {
	name string
	// edit answers false where the kind does not apply.
	edit func(rng *rand.Rand, title, body string) (string, bool)
}

func editKinds() []editKind {
	whole := func(title, body string) string { return strings.TrimSpace(title + "\n" + body) }
	return []editKind{
		{"前加“据…报道”", func(rng *rand.Rand, title, body string) (string, bool) {
			return one(rng, "据央视新闻报道，", "据本地媒体消息：", "【转】据新华社记者报道，") + whole(title, body), true
		}},
		{"//@ 转发", func(rng *rand.Rand, title, body string) (string, bool) {
			return one(rng, "转发微博", "太难了[泪]", "求关注！") + "//@热心市民:扩散//@小城故事：" + whole(title, body) + " http://t.cn/A6xyz12", true
		}},
		{"截到 140 字", func(_ *rand.Rand, title, body string) (string, bool) {
			r := []rune(whole(title, body))
			if len(r) <= 140 {
				return "", false
			}
			return string(r[:137]) + "...全文", true
		}},
		{"改 10%", func(rng *rand.Rand, title, body string) (string, bool) {
			return scatter(rng, whole(title, body), 0.10), true
		}},
		{"改 20%", func(rng *rand.Rand, title, body string) (string, bool) {
			return scatter(rng, whole(title, body), 0.20), true
		}},
		{"末尾加几句", func(rng *rand.Rand, title, body string) (string, bool) {
			return whole(title, body) + "\n" + one(rng, "大家怎么看？", "转给身边的人看看。", "来源：网络，侵删"), true
		}},
		{"换掉 20% 的句子", func(rng *rand.Rand, title, body string) (string, bool) {
			parts := strings.SplitAfter(whole(title, body), "。")
			if len(parts) < 6 {
				return "", false
			}
			for i := range len(parts) / 5 {
				parts[rng.IntN(len(parts))] = []string{"对此有关方面表示将进一步核实情况。", "记者将继续跟踪关注此事的进展。"}[i%2]
			}
			return strings.Join(parts, ""), true
		}},
	}
}

func one(rng *rand.Rand, of ...string) string { return of[rng.IntN(len(of))] }

// scatter changes so many of the characters, each on its own: half are replaced by
// another of the text, a quarter dropped, and before a quarter another is put.
func scatter(rng *rand.Rand, s string, part float64) string {
	r := []rune(s)
	out := make([]rune, 0, len(r))
	for _, c := range r {
		if rng.Float64() >= part {
			out = append(out, c)
			continue
		}
		switch other := r[rng.IntN(len(r))]; rng.IntN(4) {
		case 0:
		case 1:
			out = append(out, other, c)
		default:
			out = append(out, other)
		}
	}
	return string(out)
}
