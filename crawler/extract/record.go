package extract

import (
	"net/url"
	"strings"
)

// record is the object in a page's scripts that holds the article, as
// __NEXT_DATA__, window.__INITIAL_STATE__ or a plain variable carry it for the
// browser to show.
type record struct {
	title, body, published, origin string
}

// maxScript is how much of one script is searched, in bytes.
const maxScript = 2 << 20

// record finds the article in the scripts, once; never nil.
func (d *document) record() *record {
	if d.told != nil {
		return d.told
	}
	d.told = &record{}
	best := 0
	for _, s := range d.scripts {
		if len(s) < 200 {
			continue
		}
		if strings.HasPrefix(strings.TrimSpace(s), "%7B") {
			if u, err := url.PathUnescape(s); err == nil {
				s = u
			}
		}
		r := reader{s: s[:min(len(s), maxScript)]}
		if got := r.read(); han(got.body) > best {
			best = han(got.body)
			*d.told = got
		}
	}
	return d.told
}

// field says what a member of an object is by its name.
type field int

const (
	nothing field = iota
	bodyField
	weakBody
	titleField
	timeField
	originField
	// otherField holds what belongs to other people or articles.
	otherField
)

func fieldOf(name string) field {
	if len(name) > 40 {
		return nothing
	}
	switch strings.ReplaceAll(strings.ToLower(name), "_", "") {
	case "content", "articlecontent", "articlebody", "contenthtml", "htmlcontent", "newscontent", "contentdata", "contentlist",
		"body", "detail", "text", "data", "richtext", "html", "doccontent", "maincontent", "rawcontent", "contents", "paragraphs", "sections", "blocks",
		"txt", "contenttxt", "articlecontents", "contentnoencode", "article", "articleinfo", "messagecontent", "message":
		return bodyField
	case "description", "summary", "abstract", "digest":
		return weakBody
	case "title", "headline", "subject", "articletitle", "newstitle", "doctitle", "maintitle", "msgtitle", "header":
		return titleField
	case "publishtime", "publishdate", "pubtime", "pubdate", "datepublished", "newstime", "ptime", "issuetime", "releasetime",
		"createtime", "ctime", "oricreatetime", "dateline", "publishedat", "createdat", "posttime", "addtime", "time", "date",
		"publishedtime", "pubtimestamp", "timestamp", "ct":
		return timeField
	case "source", "sourcename", "origin", "mediasource", "media", "medianame", "docsource", "copyfrom", "publisher", "articlesource", "srcname":
		return originField
	case "comments", "comment", "commentlist", "reply", "replies", "replylist", "posts", "recommend", "recommends", "recommendlist",
		"related", "relatednews", "relatedlist", "hot", "hotlist", "hotnews", "rank", "ranklist", "feed", "feeds", "ads", "nextarticle", "prevarticle":
		return otherField
	}
	return nothing
}

// frame is an object, array or block that is still open.
type frame struct {
	record
	name  string
	array bool
	// other marks what belongs to other people or articles.
	other bool
	// size is the number of Han characters in record.body; weak says that it is
	// only a summary.
	size int
	weak bool
}

// reader walks through a script as a lexer would, and keeps to the objects: code
// around them is passed over, and so is what is no JSON (undefined, calls).
type reader struct {
	s    string
	open []frame
	best record
	size int
	// deeper counts brackets beyond maxFrames.
	deeper int
	bodies int
}

const (
	maxFrames = 200
	// maxBodies bounds how many values are rendered as text.
	maxBodies = 400
)

func (r *reader) read() record {
	r.open = append(r.open, frame{})
	key, last := "", "" // the member whose value comes next, and the word just read
	for i := 0; i < len(r.s); {
		c := r.s[i]
		switch {
		case c == '"' || c == '\'' || c == '`':
			end := stringEnd(r.s, i)
			if key != "" {
				r.member(key, r.s[i+1:end], c)
				key, last = "", ""
			} else {
				last = r.s[i+1 : end]
			}
			i = end + 1
		case c == '{' || c == '[':
			r.push(key, c == '[')
			key, last = "", ""
			i++
		case c == '}' || c == ']':
			r.pop()
			key, last = "", ""
			i++
		case c == ':' || c == '=':
			key, last = last, ""
			i++
		case c == '/' && i+1 < len(r.s) && r.s[i+1] == '/':
			i += lineEnd(r.s[i:])
		case word(c):
			end := i + 1
			for end < len(r.s) && word(r.s[end]) {
				end++
			}
			if key != "" && c >= '0' && c <= '9' {
				r.member(key, r.s[i:end], 0)
				key, last = "", ""
			} else {
				last = r.s[i:end]
			}
			i = end
		case c == ',' || c == ';' || c == '\n':
			if c != '\n' {
				key = ""
			}
			last = ""
			i++
		case c == '(' || c == ' ' || c == '\t' || c == '\r':
			i++ // a value may stand in a call: JSON.parse("…")
		default:
			last = ""
			i++
		}
	}
	for len(r.open) > 0 {
		r.deeper = 0
		r.pop()
	}
	return r.best
}

func word(c byte) bool {
	return c == '_' || c == '$' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func lineEnd(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

// stringEnd is the index of the quote that closes the string at i, or of the end
// of the line, since only back-quoted strings go on beyond it.
func stringEnd(s string, i int) int {
	quote := s[i]
	for j := i + 1; j < len(s); j++ {
		switch c := s[j]; {
		case c == '\\':
			j++
		case c == quote, c == '\n' && quote != '`':
			return j
		}
	}
	return len(s) - 1
}

func (r *reader) push(key string, array bool) {
	if len(r.open) >= maxFrames {
		r.deeper++
		return
	}
	top := &r.open[len(r.open)-1]
	if key == "" && !array && top.array {
		key = top.name // the elements of contentList are contents
	}
	r.open = append(r.open, frame{name: lastName(key), array: array, other: top.other || fieldOf(lastName(key)) == otherField})
}

// lastName is what follows the last point: window.page.content is a content.
func lastName(key string) string {
	return key[strings.LastIndexByte(key, '.')+1:]
}

func (r *reader) pop() {
	if r.deeper > 0 {
		r.deeper--
		return
	}
	if len(r.open) == 0 {
		return
	}
	f := r.open[len(r.open)-1]
	r.open = r.open[:len(r.open)-1]
	if !f.other && f.size > 0 && (f.size > r.size || f.size == r.size && r.best.title == "") {
		r.best, r.size = f.record, f.size
	}
	if len(r.open) == 0 || f.other {
		return
	}
	up := &r.open[len(r.open)-1]
	if f.size > 0 && f.title == "" {
		// A body without a headline of its own belongs to what encloses it.
		switch {
		case up.array && fieldOf(up.name) == bodyField && !f.weak:
			up.body = strings.TrimSpace(up.body + "\n" + f.body)
			up.size += f.size
		case f.size > up.size:
			up.body, up.size, up.weak = f.body, f.size, f.weak
		}
		if up.published == "" {
			up.published = f.published
		}
		if up.origin == "" {
			up.origin = f.origin
		}
	}
}

// member takes a value that stands behind a name; quote is 0 for a number.
func (r *reader) member(key, raw string, quote byte) {
	if r.deeper > 0 || len(r.open) == 0 {
		return
	}
	f := &r.open[len(r.open)-1]
	name := lastName(key)
	switch kind := fieldOf(name); kind {
	case bodyField, weakBody:
		if f.other || quote == 0 || len(raw) < 30 || r.bodies >= maxBodies {
			return
		}
		r.bodies++
		text := asText(unquote(raw))
		size := han(text)
		weak := kind == weakBody
		if f.size > 0 && (weak && !f.weak || weak == f.weak && size <= f.size) {
			return
		}
		f.body, f.size, f.weak = text, size, weak
	case titleField:
		if f.title == "" && quote != 0 && len(raw) < 600 {
			f.title = strings.ReplaceAll(asText(unquote(raw)), "\n", " ")
		}
	case timeField:
		if f.published == "" && len(raw) >= 8 && len(raw) < 60 {
			f.published = unquote(raw)
		}
	case originField:
		if f.origin == "" && quote != 0 && len(raw) < 200 {
			f.origin = asText(unquote(raw))
		}
	case nothing, otherField:
		if f.origin == "" && fieldOf(f.name) == originField && strings.EqualFold(name, "name") && quote != 0 && len(raw) < 200 {
			// {"source":{"name":"…"}}
			if len(r.open) > 1 {
				if up := &r.open[len(r.open)-2]; up.origin == "" {
					up.origin = asText(unquote(raw))
				}
			}
		}
	}
}

// unquote undoes the escapes of a JavaScript string.
func unquote(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw
	}
	return literal(raw+"\x00", 0)
}
