package extract

import (
	"regexp"
	"strings"
)

// 方正翔宇, with which most papers make their electronic editions, writes what
// an article is into a comment: enpproperty.
var (
	enpTitle = regexp.MustCompile(`(?s)<title>(.*?)</title>`)
	enpDate  = regexp.MustCompile(`<date>(.*?)</date>`)
)

// printed is what an e-paper's comment says of the article.
func (d *document) printed() (r record) {
	for _, note := range d.noted {
		if !strings.Contains(note, "enpproperty") {
			continue
		}
		if m := enpTitle.FindStringSubmatch(note); m != nil {
			r.title = strings.ReplaceAll(asText(m[1]), "\n", " ")
		}
		if m := enpDate.FindStringSubmatch(note); m != nil {
			r.published = strings.TrimSuffix(m[1], " 00:00:00.0")
		}
		return r
	}
	return r
}
