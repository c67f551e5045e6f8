package response

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/event"
	"huiying/event/similar"
	"huiying/internal/verdict"
)

// Statement is a post of the bureau's own, as matching reads it.
type Statement struct {
	// Raw is the title and the text as written, Text both reduced.
	Raw     string
	Text    similar.Text
	Verdict verdict.Verdict
	// Published is when it claims to be published; zero where it does not say.
	Published time.Time
}

// Utterance is one public post of a matter.
type Utterance struct {
	URL     string
	Text    similar.Text
	Verdict verdict.Verdict
}

// quoted is the share of a public post that a statement must repeat to be about
// it, and quotedLength how many characters that must be at least.
const (
	quoted       = 0.75
	quotedLength = 20
)

// ahead is how long before the first public post an answer may be published:
// pages give days without a time.
const ahead = 24 * time.Hour

// Matcher tells which matters a statement speaks of.
type Matcher struct {
	// Bureau is the bureau's name. A place that it holds, its city's, is in every
	// statement and tells little.
	Bureau string
	Reduce *similar.Reducer
}

// Match says in Chinese why a statement may answer an event, "" where it does not
// seem to. In this order: it names a post's address; it repeats a post's text; it
// speaks of the same place, and of the same matter by the rules' own words.
func (m Matcher) Match(s Statement, e event.Event, posts []Utterance) string {
	since := e.FirstSeen
	if !e.FirstPublished.IsZero() && e.FirstPublished.Before(since) {
		since = e.FirstPublished
	}
	if !s.Published.IsZero() && s.Published.Before(since.Add(-ahead)) {
		return "" // it cannot answer what was not asked yet
	}
	for _, p := range posts {
		if names(s.Raw, p.URL) {
			return "文中给出了原帖的链接"
		}
	}
	for _, p := range posts {
		if len(p.Text) < quotedLength {
			continue
		}
		if share := s.Text.Quotes(p.Text); share >= quoted {
			return fmt.Sprintf("文中转述了原帖（%.0f%% 相同）", share*100)
		}
	}
	return m.sameMatter(s, e, posts)
}

// names tells whether a text names an address; a site's front page says nothing.
func names(text, url string) bool {
	_, address, _ := strings.Cut(url, "://")
	address = strings.TrimSuffix(address, "/")
	return strings.Contains(address, "/") && strings.Contains(text, address)
}

// sameMatter compares by place and by what the rules found. Where the place is but
// the city, or the words are few, more must agree.
func (m Matcher) sameMatter(s Statement, e event.Event, posts []Utterance) string {
	place, near := m.place(s, e, posts)
	if place == "" {
		return ""
	}
	rules, words := m.shared(s, posts)
	switch {
	case near && (len(words) >= 2 || len(words) == 1 && len(rules) > 0):
	case near && len(rules) > 0:
	case !near && len(rules) > 0 && len(words) >= 2:
	default:
		return ""
	}
	why := "同一地点：" + place
	if len(words) > 0 {
		why += "；相同的词：" + strings.Join(words[:min(len(words), 5)], "、")
	}
	if len(rules) > 0 {
		why += "；同类事项：" + strings.Join(rules[:min(len(rules), 3)], "、")
	}
	return why
}

// place is where both speak of; near is false where that is the bureau's city.
func (m Matcher) place(s Statement, e event.Event, posts []Utterance) (place string, near bool) {
	places := []string{e.Place}
	for _, p := range posts {
		if r := p.Verdict.Region; r != nil {
			places = append(places, r.District, r.Place)
		}
	}
	text := string(s.Text)
	for _, name := range places {
		short := strings.TrimRight(name, "市区县")
		if len([]rune(short)) < 2 {
			short = name // 沁县: 沁 alone stands in many words
		}
		reduced := string(m.Reduce.Reduce("", short))
		if reduced == "" || !strings.Contains(text, reduced) {
			continue
		}
		if !strings.Contains(m.Bureau, short) {
			return name, true
		}
		place = name
	}
	return place, false
}

// shared lists the rules that found something in both, and the words of the posts
// that the statement uses.
func (m Matcher) shared(s Statement, posts []Utterance) (rules, words []string) {
	own := map[string]bool{}
	for _, hit := range s.Verdict.Matches {
		own[hit.Rule] = true
	}
	text := string(s.Text)
	for _, p := range posts {
		for _, hit := range p.Verdict.Matches {
			if own[hit.Rule] && !slices.Contains(rules, hit.Rule) {
				rules = append(rules, hit.Rule)
			}
			word := string(m.Reduce.Reduce("", hit.Word))
			if len([]rune(word)) >= 2 && strings.Contains(text, word) && !slices.Contains(words, hit.Word) {
				words = append(words, hit.Word)
			}
		}
	}
	// 热力 inside 热力公司 is not a second word in common.
	return rules, slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		return slices.ContainsFunc(words, func(other string) bool { return other != word && strings.Contains(other, word) })
	})
}
