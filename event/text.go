package event

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Text is a post's text reduced to what reposting leaves alone: letters, digits
// and Han characters, without who passed it on.
type Text []rune

// decoration is what reposting adds: links, @names, //@ chains' heads and
// emoticons such as [泪]. A topic's words (#长治停电#) stay; only its marks go.
func decoration() *regexp.Regexp {
	return regexp.MustCompile(`https?://\S+|//@[^:：\s]{1,40}[:：]|@[\p{Han}\w\-]{1,30}|\[[\p{Han}\w]{1,8}\]|回复@[^:：\s]{1,40}[:：]|网页链接|全文$`)
}

// Reducer turns posts into Texts. It is safe for concurrent use.
type Reducer struct{ decoration *regexp.Regexp }

// NewReducer returns a Reducer.
func NewReducer() *Reducer { return &Reducer{decoration: decoration()} }

// Reduce reduces a post.
func (r *Reducer) Reduce(title, body string) Text {
	s := body
	// Timelines and feeds repeat the title as the body's first words.
	if !strings.HasPrefix(strings.TrimSpace(body), strings.TrimSpace(title)) {
		s = title + "\n" + body
	}
	s = norm.NFKC.String(r.decoration.ReplaceAllString(s, " "))
	out := make(Text, 0, len(s)/3)
	for _, c := range s {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			out = append(out, unicode.ToLower(c))
		}
	}
	return out
}

// Hash names the text; equal texts have equal hashes. The empty text has none.
func (t Text) Hash() string {
	if len(t) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(string(t)))
	return hex.EncodeToString(sum[:12])
}
