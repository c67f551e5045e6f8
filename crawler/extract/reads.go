package extract

import (
	"strings"

	"github.com/andybalholm/cascadia"

	"huiying/crawler/sitetext"
)

// readsNear is how far behind the headline the figure of readers stands, in
// characters: beside the time and the origin.
const readsNear = 300

// reads is how often the page says it was read: the site's selector, else a figure
// near the headline that is named so. Many pages fill it in by a script, which is not
// run: then it is not known.
func (d *document) reads(sel cascadia.Matcher) int64 {
	counts := sitetext.NewCountReader()
	if t := d.selected(sel); t != "" {
		return counts.Read(t)
	}
	if d.heading < 0 {
		return 0
	}
	for i := d.heading + 1; i < len(d.runs) && d.runs[i].at-d.runs[d.heading].at < readsNear; i++ {
		text := d.runs[i].text
		if len(text) > 200 || strings.ContainsAny(text, "，。！？；") {
			continue // a sentence speaks of other readers than its own
		}
		if i+1 < len(d.runs) && len(d.runs[i+1].text) < 20 {
			text += d.runs[i+1].text // 浏览次数：<span>345</span>
		}
		if n := counts.Labelled(text); n > 0 {
			return n
		}
	}
	return 0
}
