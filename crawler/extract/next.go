package extract

import (
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

var (
	nextText  = regexp.MustCompile(`^[\s\[【(（]*(?:下一?[页頁]|后一?页|[Nn]ext(?: [Pp]age)?|[>»›]{1,2}|下一[页頁]\s*[>»›]+)[\s\]】)）]*$`)
	wholeText = regexp.MustCompile(`^[\s\[【(（]*(?:(?:点击)?(?:余下|剩余|查看|阅读|显示|展开|浏览)?(?:全文|剩余全文|余下全文|全部内容)|在本页阅读全文)[\s\]】)）>»…]*$`)
	number    = regexp.MustCompile(`^[\s\[【(（]*(\d{1,3})[\s\]】)）]*$`)
	// The mark of a page in an address: 100_2.html, 100-2.html, 100_p2.html.
	pageMark = regexp.MustCompile(`^(.*?)[_-]p?(\d{1,3}|all|full)$`)
	// TRS writes its pages by script: createPageHTML(pages, this, "stem", "html").
	trsPages = regexp.MustCompile(`createPageHTML\w*\(\s*["']?(\d{1,4})["']?\s*,\s*["']?(\d{1,4})["']?\s*,\s*["']([\w./-]{1,120})["']\s*,\s*["'](\w{2,6})["']`)
)

// next is the absolute address of the page on which the article goes on, and
// whether that page holds all of it; "" where there is none. first is the address
// of the article's first page, by default this one's.
func (d *document) next(firstPage string) (address string, whole bool) {
	here, err := url.Parse(d.url)
	if err != nil || here.Host == "" {
		return "", false
	}
	first := here
	if u, err := url.Parse(firstPage); err == nil && u.Host != "" {
		first = u
	}
	current, ok := pageOf(first, here)
	if !ok {
		return "", false
	}
	numbered := ""
	for i := range d.parts {
		n := d.parts[i].node
		if n.Data != "a" || n.Type != html.ElementNode || len(n.Attr) == 0 || d.parts[i].chars > 20 {
			continue
		}
		href := strings.TrimSpace(attr(n, "href"))
		if href == "" || href[0] == '#' || len(href) > 2000 {
			continue
		}
		to, err := here.Parse(href)
		if err != nil {
			continue
		}
		page, ok := pageOf(first, to)
		if !ok {
			continue
		}
		text := squeeze(plain(n))
		switch {
		case page == wholePage || page != current && wholeText.MatchString(text):
			if wholeText.MatchString(text) {
				return to.String(), true
			}
		case page != current+1:
		case nextText.MatchString(text) || strings.EqualFold(attr(n, "rel"), "next"):
			address = to.String()
		case numbered == "":
			if m := number.FindStringSubmatch(text); m != nil && m[1] == strconv.Itoa(current+1) {
				numbered = to.String()
			}
		}
	}
	if address == "" {
		address = numbered
	}
	if address == "" {
		for _, s := range d.scripts {
			if to := TRSNext(s, here); to != nil {
				return to.String(), false
			}
		}
	}
	return address, false
}

// wholePage stands for the page that holds all of an article.
const wholePage = -1

// pageOf is the number of a page of the article whose first page is given; false
// where an address is of another article. Pages of one article differ in nothing
// but a mark behind the name (100_2.html), one more number in the path (/77/2/), or
// one parameter of the query (page=2).
func pageOf(first, u *url.URL) (int, bool) {
	if u.Host != first.Host || u.Scheme != "http" && u.Scheme != "https" {
		return 0, false
	}
	page, ok := pagePath(first.Path, u.Path)
	if !ok {
		return 0, false
	}
	if u.RawQuery == first.RawQuery {
		return page, true
	}
	theirs, ours := u.Query(), first.Query()
	for k := range theirs {
		low := strings.ToLower(k)
		was := ours.Get(k)
		if was != "" && was != "1" || page > 1 {
			continue
		}
		n, err := strconv.Atoi(theirs.Get(k))
		switch low {
		case "page", "p", "pn", "pageno", "pageindex", "cp", "page_no":
			if err == nil && n > 0 && n < 1000 {
				page = n
				delete(theirs, k)
				delete(ours, k)
			}
		case "all", "full", "show", "showall":
			page = wholePage
			delete(theirs, k)
		}
	}
	return page, theirs.Encode() == ours.Encode()
}

func pagePath(first, p string) (int, bool) {
	first, p = strings.TrimSuffix(first, "/"), strings.TrimSuffix(p, "/")
	if first == p {
		return 1, true
	}
	ext := path.Ext(first)
	if len(ext) > 7 {
		ext = ""
	}
	if ext == "" || path.Ext(p) == "" {
		rest, ok := strings.CutPrefix(p, first+"/")
		n, err := strconv.Atoi(rest)
		return n, ok && err == nil && n > 1 && n < 100
	}
	if path.Ext(p) != ext {
		return 0, false
	}
	first, p = strings.TrimSuffix(first, ext), strings.TrimSuffix(p, ext)
	m := pageMark.FindStringSubmatch(p)
	if m == nil {
		return 0, false
	}
	if m[1] != first {
		f := pageMark.FindStringSubmatch(first)
		if f == nil || f[1] != m[1] || f[2] != "1" {
			return 0, false
		}
	}
	if m[2] == "all" || m[2] == "full" {
		return wholePage, true
	}
	n, err := strconv.Atoi(m[2])
	return n, err == nil && n > 0
}

// TRSNext is the next page that a script of TRS (拓尔思) names, for lists and
// articles alike; nil where there is none or this is the last.
func TRSNext(script string, here *url.URL) *url.URL {
	m := trsPages.FindStringSubmatch(script)
	if m == nil {
		return nil
	}
	pages, err1 := strconv.Atoi(m[1])
	current, err2 := strconv.Atoi(m[2])
	if err1 != nil || err2 != nil || current+1 >= pages {
		return nil
	}
	to, err := here.Parse(m[3] + "_" + strconv.Itoa(current+1) + "." + m[4])
	if err != nil || to.Host != here.Host {
		return nil
	}
	return to
}
