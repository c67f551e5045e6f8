package extract

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"huiying/crawler"

	"github.com/andybalholm/cascadia"
	"github.com/markusmobius/go-htmldate"
	"golang.org/x/net/html"
)

// slack is how far a page's clock may be ahead of ours.
const slack = 10 * time.Minute

// believable refuses times before the web and times in the future.
func (d *document) believable(s stamp) bool {
	if s.zero() || s.time.Year() < oldest {
		return false
	}
	return d.now.IsZero() || !s.time.After(d.now.Add(slack))
}

// published finds when the article appeared. A source that names only the day
// takes its clock from another source of the same day.
func (d *document) published(sel cascadia.Matcher) time.Time {
	var day stamp
	seen, score := d.visible()
	least := 30
	if d.heading < 0 {
		least = 50 // without a headline to stand under, a date must say what it is
	}
	for _, find := range []func() stamp{
		func() stamp { return d.selectedDate(sel) },
		// What a reader sees right under the headline beats what the page tells
		// machines: sites put the time of their last edit there.
		func() stamp { return atLeast(seen, score, 80) },
		d.declared,
		func() stamp { return atLeast(seen, score, least) },
		d.scripted,
		d.addressed,
		d.guessed,
	} {
		s := find()
		switch {
		case !d.believable(s):
		case s.clock && (day.zero() || sameDay(day.time, s.time)):
			return s.time
		case day.zero():
			day = s
		}
	}
	return day.time
}

func sameDay(a, b time.Time) bool {
	a, b = a.In(crawler.China()), b.In(crawler.China())
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

func (d *document) selectedDate(sel cascadia.Matcher) stamp {
	if sel == nil {
		return stamp{}
	}
	for _, n := range cascadia.QueryAll(d.root, sel) {
		for _, text := range []string{attr(n, "content"), attr(n, "datetime"), squeeze(plain(n))} {
			if s := machine(text); d.believable(s) {
				return s
			}
			if s := told(text, d.now); d.believable(s) {
				return s
			}
		}
	}
	return stamp{}
}

// relative are times told from now. Only a site's own date selector reads them:
// elsewhere on a page such words belong to other people's posts.
var relative = regexp.MustCompile(`刚刚|刚才|前|今天|今日|昨天|昨日`)

func told(text string, now time.Time) stamp {
	if now.IsZero() || !relative.MatchString(text) {
		return stamp{}
	}
	t, ok := crawler.ParseTime(text, now)
	if !ok {
		return stamp{}
	}
	return stamp{time: t, clock: true}
}

// declared reads what the page says to machines: the tags that Chinese
// government sites must carry (PubDate), Open Graph, JSON-LD and microdata.
func (d *document) declared() stamp {
	var day stamp
	try := func(text string) bool {
		s := machine(text)
		if !d.believable(s) {
			return false
		}
		if s.clock && (day.zero() || sameDay(day.time, s.time)) {
			day = s
			return true
		}
		if day.zero() {
			day = s
		}
		return false
	}
	for _, name := range []string{
		"pubdate", "article:published_time", "og:published_time", "og:time", "og:release_date", "weibo:article:create_at",
		"article:create_at", "datepublished", "publishdate", "publish-date", "publish_date", "pubtime", "publishtime",
		"publish_time", "apub:time", "firstpublishedtime", "dc.date.issued", "dcterms.issued", "dc.date", "createdate", "date",
	} {
		if try(d.metas[name]) {
			return day
		}
	}
	if try(d.jsonLD().published) {
		return day
	}
	for n := range d.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		published := strings.EqualFold(attr(n, "itemprop"), "datePublished")
		if !published && (n.Data != "time" || within(n, "a", "aside", "footer") || !hasAttr(n, "pubdate")) {
			continue
		}
		if try(attr(n, "datetime")) || try(attr(n, "content")) || try(squeeze(plain(n))) {
			return day
		}
	}
	return day
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

var (
	pubLabel  = regexp.MustCompile(`(?:发布|发表|发稿|刊发|上传|录入|创建|提交|来信|留言|写信|咨询|添加|更新)?(?:时间|日期)|发布于|发表于|来源|作者`)
	badLabel  = regexp.MustCompile(`截止|截至|有效期|实施|施行|活动|举办|考试|报名|会议|回复|答复|最后(?:更新|修改)|最后编辑|修改时间|注册|版权|备案|成立`)
	dateMark  = regexp.MustCompile(`time|date|pub|info|source|meta|sub|ly\b|from|author|desc|ago`)
	otherMark = regexp.MustCompile(`comment|reply|tie|related|relate|recommend|rank|hot|footer|copyright|sidebar|aside|list|nav|crumb|breadcrumb|pinglun|tuijian|foot|calendar|weather`)
)

// visible scores every full date that a reader can see by where it stands and
// what it is called, and returns the best with its score.
func (d *document) visible() (stamp, int) {
	var best stamp
	top := 0
	for i, r := range d.runs {
		for _, s := range stamps(r.text) {
			if !d.believable(s) {
				continue
			}
			if score := d.rate(i, s); score > top {
				best, top = s, score
			}
		}
		if s, ok := d.split(i); ok && d.believable(s) {
			if score := d.rate(i, s); score > top {
				best, top = s, score
			}
		}
	}
	return best, top
}

func atLeast(s stamp, score, least int) stamp {
	if score < least {
		return stamp{}
	}
	return s
}

// split reads a date and its clock that stand in neighbouring elements.
func (d *document) split(i int) (stamp, bool) {
	if i+1 >= len(d.runs) {
		return stamp{}, false
	}
	a, b := d.runs[i].text, d.runs[i+1].text
	if len(a) > 60 || len(b) > 24 {
		return stamp{}, false
	}
	all := stamps(a + " " + b)
	if len(all) == 0 || !all[0].clock || all[0].end <= len(a) || all[0].start >= len(a) {
		return stamp{}, false
	}
	all[0].end = len(a)
	return all[0], true
}

func (d *document) rate(i int, s stamp) int {
	r := d.runs[i]
	score := 0
	if d.heading >= 0 {
		switch gap := r.at - d.runs[d.heading].at; {
		case i == d.heading:
			return 0 // a date inside the headline is the matter, not the time
		case gap > 0 && gap <= 150:
			score += 40
		case gap > 0 && gap <= 400:
			score += 25
		case gap < 0 && gap >= -120:
			score += 15
		case gap > 3000:
			score -= 15
		}
	} else {
		score += 10
	}
	if s.clock {
		score += 15
	}
	rest := len([]rune(r.text)) - len([]rune(r.text[s.start:s.end]))
	switch {
	case rest <= 20:
		score += 15
	case rest <= 45:
		score += 5
	case rest > 90:
		score -= 40
	default:
		score -= 15
	}
	before := r.text[:s.start]
	if i > 0 && len(before) < 6 {
		before = d.runs[i-1].text + before
	}
	before = last(before, 14)
	after := r.text[s.end:]
	if len(after) < 6 && i+1 < len(d.runs) {
		after += d.runs[i+1].text
	}
	if badLabel.MatchString(before) {
		score -= 35
	} else if pubLabel.MatchString(before) {
		score += 20
	}
	if strings.Contains(string([]rune(after)[:min(12, len([]rune(after)))]), "来源") {
		score += 15
	}
	if within(r.node, "a") {
		score -= 30
	}
	return score + d.surroundings(r.node)
}

// surroundings judges a date by the elements it stands in, up to the one that
// also holds the headline: what encloses both tells nothing apart.
func (d *document) surroundings(n *html.Node) int {
	good, bad, item := false, false, false
	depth := 0
	for p := n.Parent; p != nil && depth < 8 && !d.enclosesHeading(p); p = p.Parent {
		m := marks(p)
		good = good || depth < 3 && dateMark.MatchString(m)
		bad = bad || p.Data != "body" && p.Data != "html" && otherMark.MatchString(m)
		item = item || p.Data == "li" || p.Data == "footer" || p.Data == "aside"
		depth++
	}
	score := 0
	if good {
		score += 15
	}
	if bad {
		score -= 20
	}
	if item {
		score -= 15
	}
	return score
}

func (d *document) enclosesHeading(n *html.Node) bool {
	if d.heading < 0 {
		return false
	}
	for p := d.runs[d.heading].node.Parent; p != nil; p = p.Parent {
		if p == n {
			return true
		}
	}
	return false
}

// last keeps the final n characters.
func last(s string, n int) string {
	r := []rune(s)
	return string(r[max(0, len(r)-n):])
}

var scriptTime = regexp.MustCompile(`(?i)["']?\b(?:publish_?time|publish_?date|pub_?time|pub_?date|date_?published|news_?time|ptime|issue_?time|release_?time|create_?time|ctime|oriCreateTime|time)["']?\s*[:=]\s*["']?([^"',;}\n]{8,40})`)

// scripted reads the time from a script that carries the article's data.
func (d *document) scripted() stamp {
	for _, s := range d.scripts {
		for _, m := range scriptTime.FindAllStringSubmatch(s, 40) {
			if st := machine(m[1]); d.believable(st) {
				return st
			}
		}
	}
	return stamp{}
}

// Days in addresses: /2026/11/20/, /2026-11/20/, /2026/1120/, t20261120_1.htm;
// /2026/1/2/; an id that ends in a clock, 20261120140533.
var (
	urlDay   = regexp.MustCompile(`(?:^|[^\d])((?:19|20)\d{2})[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?:[^\d]|$)`)
	urlLoose = regexp.MustCompile(`(?:^|[^\d])((?:19|20)\d{2})[-/_](1[0-2]|[1-9])[-/_]([12]\d|3[01]|[1-9])(?:[^\d]|$)`)
	urlClock = regexp.MustCompile(`(?:^|[^\d])(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d`)
)

// addressed reads the day from the article's address.
func (d *document) addressed() stamp {
	u, err := url.Parse(d.url)
	if err != nil {
		return stamp{}
	}
	path := u.EscapedPath() + "?" + u.RawQuery
	for _, re := range []*regexp.Regexp{urlDay, urlLoose, urlClock} {
		if m := re.FindStringSubmatch(path); m != nil {
			if t := civil(m[1], m[2], m[3], "", "", "", crawler.China()); !t.IsZero() {
				return stamp{time: t}
			}
		}
	}
	return stamp{}
}

// guessed asks htmldate, which knows many layouts of the world but reads
// 2026年11月20日 as 1 January: a first of January is therefore not believed, nor
// a day that the page does not write out.
func (d *document) guessed() stamp {
	latest := d.now
	if latest.IsZero() {
		latest = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	res, err := htmldate.FromDocument(d.root, htmldate.Options{
		UseOriginalDate: true, URL: d.url, MaxDate: latest, SkipExtensiveSearch: true,
	})
	if err != nil || res.IsZero() {
		return stamp{}
	}
	t := res.DateTime
	if t.Month() == time.January && t.Day() == 1 || !d.writes(t) {
		return stamp{}
	}
	return stamp{time: time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, crawler.China())}
}

// writes tells whether a reader can find a day on the page, or a <time> names it.
func (d *document) writes(t time.Time) bool {
	var forms []string
	for _, layout := range []string{
		"2006-01-02", "2006-1-2", "2006/01/02", "2006/1/2", "2006.01.02", "2006.1.2", "2006年01月02日", "2006年1月2日",
		"January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", "02 Jan 2006",
	} {
		forms = append(forms, t.Format(layout))
	}
	in := func(text string) bool {
		return slices.ContainsFunc(forms, func(f string) bool { return strings.Contains(text, f) })
	}
	for _, r := range d.runs {
		if in(r.text) {
			return true
		}
	}
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "time" && in(attr(n, "datetime")) {
			return true
		}
	}
	return false
}
