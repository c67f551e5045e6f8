package jsonfeed

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Guess proposes where in a JSON answer of unknown shape the posts stand, by the
// names that such interfaces usually give to them; false where it finds none. The
// proposal has been tried on the answer.
func Guess(raw []byte, contentType, base string, now time.Time) (Options, bool) {
	text := string(raw)
	if checkDepth(text) != nil || !gjson.Valid(text) {
		return Options{}, false
	}
	best, most := Options{}, 0
	lists(gjson.Parse(text), "", 0, func(path string, list gjson.Result) {
		o := Options{Items: path}
		list.ForEach(func(_, it gjson.Result) bool {
			o.Fields = fieldsOf(it)
			return false
		})
		if o.Fields.Title == "" && o.Fields.Body == "" {
			return
		}
		posts, err := ParseBytes(raw, contentType, base, o, now)
		if size := len(posts); err == nil && size > most {
			best, most = o, size
		}
	})
	return best, most > 0
}

// lists calls do for every array of objects, with its path.
func lists(v gjson.Result, path string, depth int, do func(path string, list gjson.Result)) {
	if depth > 5 {
		return
	}
	if v.IsArray() {
		if path != "" && v.Get("0").IsObject() {
			do(path, v)
		}
		return
	}
	v.ForEach(func(key, value gjson.Result) bool {
		name := key.String()
		if (value.IsObject() || value.IsArray()) && !strings.ContainsAny(name, `.*?|#@\`) {
			lists(value, strings.TrimPrefix(path+"."+name, "."), depth+1, do)
		}
		return true
	})
}

// fieldsOf finds the usual names in one item.
func fieldsOf(it gjson.Result) Fields {
	pick := func(names ...string) string {
		for _, n := range names {
			if v := it.Get(n); v.Exists() && v.String() != "" && !v.IsObject() && !v.IsArray() {
				return n
			}
		}
		return ""
	}
	return Fields{
		ID:        pick("id", "tid", "threadId", "articleId", "docId", "newsId", "_id", "uuid"),
		Title:     pick("title", "subject", "headline", "name"),
		Body:      pick("content", "body", "text", "detail", "summary", "description", "abstract", "digest"),
		URL:       pick("url", "link", "href", "shareUrl", "share_url", "detailUrl", "pageUrl"),
		Published: pick("publishTime", "publish_time", "publishDate", "pubTime", "pubDate", "createTime", "create_time", "created_at", "createdAt", "dateline", "time", "date"),
	}
}
