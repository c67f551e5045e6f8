package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode"

	"huiying/crawler/extract"
	"huiying/crawler/fetch"
	"huiying/crawler/jsonfeed"
	"huiying/crawler/page"
	"huiying/crawler/sitetext"
	"huiying/internal/post"
)

// proposal is a source as it could stand in sources.yaml.
type proposal struct {
	id, name, kind, address string
	channel                 post.Channel
	// page or json holds lines of that section, already written.
	section []string
	// notes stand above the source as comments.
	notes []string
}

// Propose says on w what a source of the target would look like, ready to paste.
func (d Document) Propose(ctx context.Context, w io.Writer, items []Item, now time.Time) {
	text, _ := fetch.Decode(d.raw, d.contentType)
	p := proposal{address: d.url, kind: "page"}
	title := ""
	switch items[0].Kind {
	case "feed":
		p.kind = "feed"
		title = feedTitle(text)
	case "json":
		p.kind = "json"
		p.json(d, now)
	case "list":
		title = p.list(ctx, d, text, now)
	default:
		title = p.article(d, text, now)
	}
	p.describe(title)
	p.write(w)
}

// list fills in what was found on a list page and returns its title.
func (p *proposal) list(ctx context.Context, doc Document, text string, now time.Time) string {
	d, err := page.Discover(text, doc.url, now)
	if err != nil {
		return ""
	}
	if doc.client != nil {
		d.Sitemaps = append(d.Sitemaps, robotsSitemaps(ctx, doc)...)
	}
	for _, f := range d.Feeds {
		p.notes = append(p.notes, "网页声明有订阅源, 比网页稳当: 可以改成 kind: feed, url: "+YAMLText(f))
	}
	if d.Template != "" {
		p.address = d.Template
		p.notes = append(p.notes, "花括号里是日期的写法, 每天换成当天; 当天各版都会读")
	}
	if d.Links != "" {
		p.section = append(p.section, "links: "+YAMLText(d.Links))
	} else {
		p.notes = append(p.notes, "文章链接由程序自己找; 找得不准时写 page: {links: CSS选择器}")
	}
	if d.Next != "" {
		p.section = append(p.section, "max_pages: 3               # 有下一页; 整页都是新的才往后翻")
	}
	for i, s := range d.Sitemaps {
		if i == 0 && page.IsSitemap(s) {
			p.notes = append(p.notes, "网站有站点地图, 要用就在 page 里加: sitemap: "+YAMLText(s))
		}
	}
	return d.Site
}

// article fills in the selectors of an article's page. The source itself wants the
// address of a list.
func (p *proposal) article(doc Document, text string, now time.Time) string {
	o := extract.Describe(text, doc.url, now)
	for _, s := range []struct{ key, css string }{{"title", o.TitleSelector}, {"body", o.BodySelector}, {"date", o.DateSelector}} {
		if s.css != "" {
			p.section = append(p.section, s.key+": "+YAMLText(s.css))
		}
	}
	p.notes = append(p.notes, "这是一篇文章: url 要换成列出文章的那一页, 再试一次; 下面的选择器可以不写, 程序自己也找得到")
	d, err := page.Discover(text, doc.url, now)
	if err != nil {
		return ""
	}
	for _, f := range d.Feeds {
		p.notes = append(p.notes, "网页声明有订阅源: 可以改成 kind: feed, url: "+YAMLText(f))
	}
	return d.Site
}

// json fills in the preset or the paths that read the answer.
func (p *proposal) json(doc Document, now time.Time) {
	for _, preset := range jsonfeed.Presets() {
		posts, err := jsonfeed.ParseBytes(doc.raw, doc.contentType, doc.url, jsonfeed.Options{Preset: preset}, now)
		if err == nil && len(posts) > 0 {
			p.section = append(p.section, "preset: "+preset)
			return
		}
	}
	o, ok := jsonfeed.Guess(doc.raw, doc.contentType, doc.url, now)
	if !ok {
		p.section = append(p.section, "preset: wenzheng")
		p.notes = append(p.notes, "没有认出帖子在哪里: 删掉 preset, 自己写 items、title、body 的路径")
		return
	}
	for _, f := range []struct{ key, path string }{
		{"items", o.Items}, {"id", o.Fields.ID}, {"title", o.Fields.Title}, {"body", o.Fields.Body}, {"url", o.Fields.URL}, {"published", o.Fields.Published},
	} {
		if f.path != "" {
			p.section = append(p.section, f.key+": "+YAMLText(f.path))
		}
	}
}

// describe names the source.
func (p *proposal) describe(title string) {
	p.name = strings.TrimSpace(Short(title, 30)) // a page's own words, for a terminal and for YAML
	host := ""
	if u, err := url.Parse(p.address); err == nil {
		host = strings.ToLower(u.Hostname())
	}
	if p.name == "" {
		p.name = host
	}
	if p.name == "" {
		p.name = "新来源"
	}
	p.id = SourceID(host)
	p.channel = GuessChannel(title, host)
	if p.address == "" {
		p.address = "https://www.example.invalid/"
		p.notes = append(p.notes, "文件里没有网址: 把 url 换成真的")
	}
}

// write prints the proposal.
func (p *proposal) write(w io.Writer) {
	var b bytes.Buffer
	fmt.Fprintln(&b, "# 粘到 sources.yaml 的 sources: 下面, 核对后运行 huiying check")
	for _, n := range p.notes {
		fmt.Fprintln(&b, "# "+n)
	}
	fmt.Fprintf(&b, "  - id: %s\n    name: %s\n    channel: %s               # %s\n    kind: %s\n    url: %s\n",
		YAMLText(p.id), YAMLText(p.name), p.channel, p.channel.Name(), p.kind, YAMLText(p.address))
	fmt.Fprintln(&b, "    local: false              # 来源本身就是本市的才写 true")
	if len(p.section) > 0 {
		fmt.Fprintf(&b, "    %s:\n", p.kind)
		for _, line := range p.section {
			fmt.Fprintln(&b, "      "+line)
		}
	}
	_, _ = b.WriteTo(w) // a proposal that nobody reads is no failure
}

// YAMLText is a text as YAML reads it back, whatever it holds.
func YAMLText(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSpace(b.String())
}

// feedTitle is the first <title> of a feed, which is the feed's own.
func feedTitle(text string) string {
	_, rest, ok := strings.Cut(text, "<title")
	if !ok {
		return ""
	}
	_, rest, ok = strings.Cut(rest, ">")
	title, _, ended := strings.Cut(rest, "</title>")
	if !ok || !ended || len(title) > 300 {
		return ""
	}
	title = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(title), "<![CDATA["), "]]>")
	return sitetext.OneLine(title)
}

// robotsSitemaps are the sitemaps that the site's robots.txt names.
func robotsSitemaps(ctx context.Context, doc Document) []string {
	u, err := url.Parse(doc.url)
	if err != nil {
		return nil
	}
	p, err := doc.client.Get(ctx, u.Scheme+"://"+u.Host+"/robots.txt")
	if err != nil {
		return nil
	}
	var out []string
	for line := range strings.Lines(p.Text) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(strings.TrimSpace(key), "sitemap") && len(out) < 5 {
			out = append(out, strings.TrimSpace(value))
		}
	}
	return out
}

// Short is a text on one line of at most n characters, without what a terminal
// or YAML would take for something else.
func Short(s string, n int) string {
	r := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, sitetext.OneLine(s)))
	return string(r[:min(len(r), n)])
}
