package alerting

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// Silence holds back what may wait, for a reason that a person gives and until an
// end. What it holds back is on record like everything else: events, cases and
// clocks go on, only nobody is sent a message.
type Silence struct {
	bun.BaseModel `bun:"table:silences,alias:silence"`

	ID string `bun:"id,pk" json:"id"`
	// Rules and Sections hold a matter back where they name all of its own: what
	// another rule would alert, or another section answers for, is not silenced.
	Rules    []string `bun:"rules,type:json" json:"rules,omitempty"`
	Sections []string `bun:"sections,type:json" json:"sections,omitempty"`
	// Places are counties or places, any of which the matter is of; Events events.
	Places []string `bun:"places,type:json" json:"places,omitempty"`
	Events []string `bun:"events,type:json" json:"events,omitempty"`
	// Category and Words, all of which must stand in a post, go together.
	Category verdict.Category `bun:"category" json:"category,omitempty"`
	Words    []string         `bun:"words,type:json" json:"words,omitempty"`
	// Reason says why it may wait, Author which section or role says so.
	Reason    string    `bun:"reason" json:"reason"`
	Author    string    `bun:"author" json:"author"`
	CreatedAt time.Time `bun:"created_at" json:"created_at"`
	EndsAt    time.Time `bun:"ends_at" json:"ends_at"`
	// EndedAt is when a person ended it before its time, EndedBy who.
	EndedAt time.Time `bun:"ended_at,nullzero" json:"ended_at,omitzero"`
	EndedBy string    `bun:"ended_by" json:"ended_by,omitempty"`
	// ToldAt is when people were told, after its end, what it had held back.
	ToldAt time.Time `bun:"told_at,nullzero" json:"told_at,omitzero"`
}

// SilenceMost is the longest time a silence may last.
const SilenceMost = 30 * 24 * time.Hour

const (
	maxReason = 200 // characters
	maxAuthor = 30
	maxNamed  = 50 // rules, sections, places, events or words of one silence
)

// Check says in Chinese, all at once, what is wrong with a silence made at now.
func (s Silence) Check(now time.Time) error {
	var errs []error
	wrong := func(is bool, what string) {
		if is {
			errs = append(errs, errors.New(what))
		}
	}
	named := len(s.Rules)+len(s.Sections)+len(s.Places)+len(s.Events) > 0
	words := s.Category != "" && len(s.Words) > 0
	wrong(!named && !words, "没有说静默什么：写 --rule、--section、--place、--event 之一，或 --category 加 --word")
	wrong(!named && s.Category != "" && len(s.Words) == 0, "不能静默整个类别：再加 --word，只静默说到这些词的")
	wrong(s.Category == "" && len(s.Words) > 0, "--word 要和 --category 一起用")
	wrong(s.Category != "" && !slices.Contains(verdict.Categories(), s.Category), "没有这个类别："+string(s.Category))
	for _, list := range [][]string{s.Rules, s.Sections, s.Places, s.Events, s.Words} {
		wrong(len(list) > maxNamed, fmt.Sprintf("一次最多写 %d 项：分成几条静默", maxNamed))
		wrong(slices.ContainsFunc(list, func(x string) bool { return folded(x) == "" }), "有一项是空的")
	}
	for _, w := range s.Words {
		wrong(len([]rune(folded(w))) == 1, "词“"+w+"”只有一个字，会静默太多：写两个字以上")
	}
	wrong(strings.TrimSpace(s.Reason) == "", "要写原因：--reason")
	wrong(len([]rune(s.Reason)) > maxReason, fmt.Sprintf("原因太长：写 %d 字以内", maxReason))
	wrong(strings.TrimSpace(s.Author) == "", "要写谁决定的：--by 科室或岗位")
	wrong(s.Author != "" && !role(s.Author), "--by 写科室或岗位，如“局办公室”，不写账号和姓名拼音")
	switch {
	case s.EndsAt.IsZero():
		errs = append(errs, errors.New("要写到什么时候为止：--until 或 --for"))
	case !s.EndsAt.After(now):
		errs = append(errs, errors.New("结束时间已经过了"))
	case s.EndsAt.Sub(now) > SilenceMost:
		errs = append(errs, errors.New("最长 30 天：到期还需要的再加一条"))
	}
	return errors.Join(errs...)
}

// role reports whether a text can be a section or a role: Chinese, and no handle.
func role(s string) bool {
	return len([]rune(s)) <= maxAuthor && !strings.ContainsAny(s, "@＠") &&
		strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// Ended reports whether the silence holds nothing back at now.
func (s Silence) Ended(now time.Time) bool { return !s.EndedAt.IsZero() || !now.Before(s.EndsAt) }

// Words for people: what is silenced, why and until when.
func (s Silence) String() string {
	var parts []string
	add := func(name string, list []string) {
		if len(list) > 0 {
			parts = append(parts, name+" "+strings.Join(list, "、"))
		}
	}
	add("规则", s.Rules)
	add("科室", s.Sections)
	add("地点", s.Places)
	add("事件", s.Events)
	if s.Category != "" {
		parts = append(parts, "类别 "+s.Category.Name())
	}
	add("词", s.Words)
	return strings.Join(parts, "，")
}

// Held is how messages and pages say that something is silenced.
func (s Silence) Held() string {
	return "被静默：" + s.Reason + "，至 " + zh.ShortStamp(s.EndsAt) + "（" + s.Author + "）"
}

// MaySilence reports whether any silence may hold a notice back: what may wait for
// the end of quiet hours, of an event. So emergencies of 较大 and above and those of
// 待定 or no grade never are, nor clocks that ran out, the digest, warnings, what
// people did, or the word that a matter grew graver.
func MaySilence(n Notice) bool {
	if n.EventID == "" || n.Raised || !MayWait(n) {
		return false
	}
	switch n.Kind {
	case KindAlert, KindReminder, KindAnswer:
		return true
	case KindUpdate:
		return n.Step > 0 // words about what was done have none
	case KindDigest, KindWarning, KindReview, KindSummary:
	}
	return false
}

// Hold finds the silence that holds a notice back at now: of several the one that
// ends last. The daemon and route test both ask here.
func (r *Router) Hold(n Notice, all []Silence, now time.Time) (held Silence, ok bool) {
	if !MaySilence(n) {
		return Silence{}, false
	}
	place := r.placeOf(n.Where)
	for _, s := range all {
		if !s.Ended(now) && s.covers(n, place) && (!ok || s.EndsAt.After(held.EndsAt)) {
			held, ok = s, true
		}
	}
	return held, ok
}

// covers reports whether a matter, of the given place beside those of its verdict, is
// what the silence is about.
func (s Silence) covers(n Notice, place string) bool {
	within := func(all, these []string) bool {
		return len(all) == 0 || len(these) > 0 && !slices.ContainsFunc(these, func(x string) bool { return !slices.Contains(all, x) })
	}
	text := folded(n.Where.Text)
	switch {
	case !within(s.Rules, n.Rules), !within(s.Sections, n.Sections):
		return false
	case len(s.Events) > 0 && !slices.Contains(s.Events, n.EventID):
		return false
	case s.Category != "" && s.Category != n.Category:
		return false
	case len(s.Places) > 0 && !slices.ContainsFunc([]string{place, n.Where.Place, n.Where.District}, func(at string) bool {
		return at != "" && slices.ContainsFunc(s.Places, func(p string) bool { return bare(p) == bare(at) })
	}):
		return false
	}
	return !slices.ContainsFunc(s.Words, func(w string) bool { return !strings.Contains(text, folded(w)) })
}

// folded makes words comparable: lower case, full-width letters narrow, without
// spaces.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		}
		return unicode.ToLower(r)
	}, s)
}

// bare is a county's name without what it is, since posts leave that out: 壶关 for 壶关县.
func bare(place string) string {
	if short := strings.TrimRight(place, "县区市"); len([]rune(short)) >= 2 {
		return short
	}
	return place
}
