// Package redact takes our own secrets out of texts before anybody reads them: logs,
// errors, answers of platforms, posts.
package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Mark stands where a secret stood.
const Mark = "<redacted>"

const (
	// minSecret is how long a secret must be to be redacted: of a shorter one the marks
	// would tell where it stands.
	minSecret = 4
	// minForm is how long an encoded form must be: a shorter one stands in any text.
	minForm = 8
	// minSegment is how long a segment of a path must be to be taken for a key, as in
	// Feishu's webhooks, and not for a word such as "send".
	minSegment = 16
)

// Redactor replaces secrets by Mark, in the forms in which programs quote what they
// were sent: as they stand, escaped for an address, for JSON, for Go or for HTML, in
// base64 wherever it begins, and in hexadecimal. Safe for use by many goroutines.
type Redactor struct{ replacer *strings.Replacer }

// New returns a Redactor of the given secrets. Those under four bytes it leaves alone.
func New(secrets ...string) *Redactor {
	var all []string
	for _, secret := range secrets {
		if len(secret) >= minSecret {
			all = append(all, forms(secret)...)
		}
	}
	// The longest first: one secret may hold another.
	slices.SortStableFunc(all, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(all))
	for _, form := range slices.Compact(all) {
		pairs = append(pairs, form, Mark)
	}
	return &Redactor{replacer: strings.NewReplacer(pairs...)}
}

// Redact returns the text without the secrets. Redact before cutting a text short: of
// a secret that is cut in two the first half is not found.
func (r *Redactor) Redact(text string) string { return r.replacer.Replace(text) }

func forms(secret string) []string {
	all := []string{secret}
	add := func(form string) {
		if len(form) >= minForm {
			all = append(all, form)
		}
	}
	for _, escaped := range []string{url.QueryEscape(secret), url.PathEscape(secret)} {
		add(escaped)
		add(lowerPercent(escaped))
	}
	add(html.EscapeString(secret))
	add(unquote(strconv.Quote(secret)))
	add(unquote(strconv.QuoteToASCII(secret)))
	add(inJSON(secret, true))
	add(inJSON(secret, false))
	for shift := range 3 {
		add(inBase64(base64.RawStdEncoding, secret, shift))
		add(inBase64(base64.RawURLEncoding, secret, shift))
	}
	add(hex.EncodeToString([]byte(secret)))
	add(strings.ToUpper(hex.EncodeToString([]byte(secret))))
	return all
}

var percent = regexp.MustCompile(`%[0-9A-F]{2}`)

func lowerPercent(s string) string { return percent.ReplaceAllStringFunc(s, strings.ToLower) }

func unquote(quoted string) string { return quoted[1 : len(quoted)-1] }

func inJSON(s string, escapeHTML bool) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(escapeHTML)
	if enc.Encode(s) != nil {
		return s
	}
	return unquote(strings.TrimSuffix(b.String(), "\n"))
}

// inBase64 is what of a longer text's base64 a secret alone decides, where it
// begins shift bytes behind a multiple of three: the characters at both ends that
// its neighbours have a share in are left off.
func inBase64(enc *base64.Encoding, secret string, shift int) string {
	coded := enc.EncodeToString(append(make([]byte, shift), secret...))
	if (shift+len(secret))%3 != 0 {
		coded = coded[:len(coded)-1]
	}
	return coded[min([]int{0, 2, 3}[shift], len(coded)):]
}

var passwordWord = regexp.MustCompile(`(?i)\bpassword\s*=\s*('(?:[^'\\]|\\.)*'|\S+)`)

// SecretsIn are the secrets that an address holds, besides being one: its
// password, and of the web's addresses the values of their query and the long
// segments of their path. Of a connection string of key=value pairs it is the
// password.
func SecretsIn(address string) []string {
	if m := passwordWord.FindStringSubmatch(address); m != nil {
		return []string{strings.Trim(m[1], "'")}
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return nil
	}
	var found []string
	if password, ok := u.User.Password(); ok {
		found = append(found, password)
	}
	web := u.Scheme == "http" || u.Scheme == "https"
	for name, values := range u.Query() {
		if web || strings.Contains(strings.ToLower(name), "password") {
			found = append(found, values...)
		}
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if web && len(segment) >= minSegment {
			found = append(found, segment)
		}
	}
	return found
}
