package extract

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"huiying/crawler/sitetext"
	"huiying/internal/zh"
)

// oldest is the year before which no page can have been published.
const oldest = 1994

// slack is how far a page's clock may be ahead of ours.
const slack = 10 * time.Minute

// believable refuses times before the web and times in the future.
func (d *document) believable(s sitetext.Date) bool {
	if s.IsZero() || s.Time.Year() < oldest {
		return false
	}
	return d.now.IsZero() || !s.Time.After(d.now.Add(slack))
}

// published finds when the article appeared. A source that names only the day
// takes its clock from another source of the same day.
func (d *document) published(sel cascadia.Matcher) time.Time {
	var day sitetext.Date
	seen, score := d.visible()
	least := 30
	if d.heading < 0 {
		least = 50 // without a headline to stand under, a date must say what it is
	}
	for _, find := range []func() sitetext.Date{
		func() sitetext.Date { return d.selectedDate(sel) },
		// What a reader sees right under the headline beats what the page tells
		// machines: sites put the time of their last edit there.
		func() sitetext.Date { return atLeast(seen, score, 80) },
		d.declared,
		func() sitetext.Date { return atLeast(seen, score, least) },
		d.scripted,
		d.addressed,
		d.issued,
	} {
		s := find()
		switch {
		case !d.believable(s):
		case s.Clock && (day.IsZero() || sameDay(day.Time, s.Time)):
			return s.Time
		case day.IsZero():
			day = s
		}
	}
	return day.Time
}

func sameDay(a, b time.Time) bool {
	a, b = a.In(zh.Beijing()), b.In(zh.Beijing())
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

func (d *document) selectedDate(sel cascadia.Matcher) sitetext.Date {
	if sel == nil {
		return sitetext.Date{}
	}
	for _, n := range cascadia.QueryAll(d.root, sel) {
		for _, text := range []string{attr(n, "content"), attr(n, "datetime"), squeeze(plain(n))} {
			if s := sitetext.ParseField(text); d.believable(s) {
				return s
			}
			if s := relativeTime(text, d.now); d.believable(s) {
				return s
			}
		}
	}
	return sitetext.Date{}
}

// relative are times told from now. Only a site's own date selector reads them:
// elsewhere on a page such words belong to other people's posts.
var relative = regexp.MustCompile(`刚刚|刚才|前|今天|今日|昨天|昨日`)

func relativeTime(text string, now time.Time) sitetext.Date {
	if now.IsZero() || !relative.MatchString(text) {
		return sitetext.Date{}
	}
	t, ok := sitetext.ParseTime(text, now)
	if !ok {
		return sitetext.Date{}
	}
	return sitetext.Date{Time: t, Clock: true}
}

// declared reads what the page says to machines: the tags that Chinese
// government sites must carry (PubDate), Open Graph, JSON-LD and microdata.
func (d *document) declared() sitetext.Date {
	var day sitetext.Date
	try := func(text string) bool {
		s := sitetext.ParseField(text)
		if !d.believable(s) {
			return false
		}
		if s.Clock && (day.IsZero() || sameDay(day.Time, s.Time)) {
			day = s
			return true
		}
		if day.IsZero() {
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
	if try(d.jsonLD().published) || try(d.printed().published) {
		return day
	}
	for i := range d.parts {
		n := d.parts[i].node
		if n.Type != html.ElementNode || len(n.Attr) == 0 {
			continue
		}
		published := strings.Contains(d.parts[i].marks, "datepublished") && strings.EqualFold(attr(n, "itemprop"), "datePublished")
		if !published && (n.Data != "time" || d.under(i, "a", "aside", "footer") || !hasAttr(n, "pubdate")) {
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

var scriptTime = regexp.MustCompile(`(?i)["']?\b(?:publish_?time|publish_?date|pub_?time|pub_?date|date_?published|news_?time|ptime|issue_?time|release_?time|create_?time|ctime|oriCreateTime|time)["']?\s*[:=]\s*["']?([^"',;}\n]{8,40})`)

// scripted reads the time from a script that carries the article's data.
func (d *document) scripted() sitetext.Date {
	if st := sitetext.ParseField(d.record().published); d.believable(st) {
		return st
	}
	for _, s := range d.scripts {
		for _, m := range scriptTime.FindAllStringSubmatch(s, 40) {
			if st := sitetext.ParseField(m[1]); d.believable(st) {
				return st
			}
		}
	}
	return sitetext.Date{}
}

// Days in addresses: /2026/11/20/, /2026-11/20/, /2026/1120/, t20261120_1.htm;
// /2026/1/2/; an id that ends in a clock, 20261120140533.
var (
	urlDay   = regexp.MustCompile(`(?:^|[^\d])((?:19|20)\d{2})[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?:[^\d]|$)`)
	urlLoose = regexp.MustCompile(`(?:^|[^\d])((?:19|20)\d{2})[-/_](1[0-2]|[1-9])[-/_]([12]\d|3[01]|[1-9])(?:[^\d]|$)`)
	urlClock = regexp.MustCompile(`(?:^|[^\d])(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d`)
)

var (
	issueDay  = regexp.MustCompile(`^\s*(?:第?\d+期)?\s*((?:19|20)\d{2}[年./-]\d{1,2}[月./-]\d{1,2}日?)[\s　,，]*[（(]?(?:星期|周)[一二三四五六日天][)）]?`)
	paperMark = regexp.MustCompile(`版次|第\s*[A-D]?\d{1,2}\s*版|数字报|电子报|电子版|数字版|[A-D]\d{2}版`)
)

// issued is the day of the paper whose page this is: the head of an e-paper names
// it with the day of the week. Other sites write today's date there.
func (d *document) issued() sitetext.Date {
	paper := paperMark.MatchString(d.titleTag())
	var day sitetext.Date
	for _, r := range d.runs {
		if len(r.text) > 200 {
			continue
		}
		paper = paper || paperMark.MatchString(r.text)
		if m := issueDay.FindStringSubmatch(r.text); m != nil && day.IsZero() {
			day = sitetext.ParseField(m[1])
		}
	}
	if !paper {
		return sitetext.Date{}
	}
	return day
}

// addressed reads the day from the article's address.
func (d *document) addressed() sitetext.Date {
	u, err := url.Parse(d.url)
	if err != nil {
		return sitetext.Date{}
	}
	path := u.EscapedPath() + "?" + u.RawQuery
	for _, re := range []*regexp.Regexp{urlDay, urlLoose, urlClock} {
		if m := re.FindStringSubmatch(path); m != nil {
			if t := sitetext.Civil(m[1], m[2], m[3]); !t.IsZero() {
				return sitetext.Date{Time: t}
			}
		}
	}
	return sitetext.Date{}
}
