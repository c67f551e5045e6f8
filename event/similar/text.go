package similar

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
	return regexp.MustCompile(`https?://[!-~]+|//@[^:：\s]{1,40}[:：]|@[\p{Han}\w\-]{1,30}|\[[\p{Han}\w]{1,8}\]|回复@[^:：\s]{1,40}[:：]|网页链接|转发微博|全文$`)
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
	if decorated(s) {
		s = r.decoration.ReplaceAllString(s, " ")
	}
	s = norm.NFKC.String(s)
	out := make(Text, 0, len(s)/3)
	for _, c := range s {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			out = append(out, unicode.ToLower(c))
		}
	}
	return out
}

// decorated reports whether s may have something of decoration: few posts do, and
// the pattern costs more than all the rest.
func decorated(s string) bool {
	return strings.ContainsAny(s, "@[") || strings.Contains(s, "://") || strings.Contains(s, "网页链接") ||
		strings.Contains(s, "转发微博") || strings.HasSuffix(s, "全文")
}

// Hash names the text; equal texts have equal hashes. The empty text has none.
func (t Text) Hash() string {
	if len(t) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(string(t)))
	return hex.EncodeToString(sum[:12])
}

// sum is a 64-bit hash of the text; the empty text has none.
func (t Text) sum() uint64 {
	if len(t) == 0 {
		return 0
	}
	h := uint64(len(t))
	for _, c := range t {
		h = fold(h, uint64(c)) //nolint:gosec // A rune is never negative here.
	}
	return max(fold(h, fold2), 1)
}
