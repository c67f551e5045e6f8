package jsonfeed

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"huiying/crawler"
	"huiying/crawler/fetch"
	"huiying/crawler/sitetext"
	"huiying/internal/post"
)

// What a timeline may hold.
const (
	maxDepth = 64
	maxItems = 2000
	maxBytes = 5 << 20
	maxTitle = 2 << 10
	maxBody  = 1 << 20
)

// result is a timeline read.
type result struct {
	posts   []post.Post
	skipped []string
	// long lists the posts whose text the timeline cuts off.
	long []longText
}

// longText is a post whose own text, or the text it repeats, is cut off.
type longText struct {
	// index is the post's place in posts.
	index int
	// id and repostID are those of the texts to read in full; "" for one that is
	// whole. own and repost are what the timeline shows of them.
	id, repostID string
	own, repost  string
}

func (sh shape) parse(text, base string, blank post.Post, now time.Time) (result, error) {
	var res result
	items, err := sh.find(text)
	if err != nil {
		return res, err
	}
	if len(items) > maxItems {
		res.skipped = append(res.skipped, fmt.Sprintf("接口返回 %d 条，只读了前 %d 条。", len(items), maxItems))
		items = items[:maxItems]
	}
	seen := map[string]bool{}
	for _, it := range items {
		if !it.IsObject() {
			res.skipped = append(res.skipped, "有一条不是对象，未读。")
			continue
		}
		p, id, ok := sh.post(it, base, blank, now, &res)
		if !ok || seen[p.ID] {
			continue
		}
		seen[p.ID] = true
		if l := sh.long(it, id); l.id != "" || l.repostID != "" {
			l.index = len(res.posts)
			res.long = append(res.long, l)
		}
		res.posts = append(res.posts, p)
	}
	return res, nil
}

// find gives the items, having made sure that the text is JSON that gjson may walk.
func (sh shape) find(text string) ([]gjson.Result, error) {
	if len(text) > maxBytes {
		return nil, trouble(crawler.TooLarge, fmt.Errorf("jsonfeed: %d bytes, more than %d", len(text), maxBytes),
			"接口的回答太大，没有读。请在网址里把每页条数写小。")
	}
	if err := checkDepth(text); err != nil {
		return nil, err
	}
	if !gjson.Valid(text) {
		if strings.HasPrefix(strings.TrimSpace(text), "<") {
			return nil, trouble(crawler.Blocked, errors.New("jsonfeed: the answer is a web page, not JSON; the site may ask for a login or a captcha"),
				"接口返回的是网页，可能要登录或验证码。请人工打开核对，或换一个网址。")
		}
		return nil, trouble(crawler.Broken, errors.New("jsonfeed: the answer is not valid JSON"), "接口返回的不是完整的 JSON。多为网站故障，稍后自动再试。")
	}
	doc := gjson.Parse(text)
	var list gjson.Result
	for path := range strings.SplitSeq(sh.items, ",") {
		if list = doc.Get(strings.TrimSpace(path)); list.IsArray() {
			break
		}
	}
	if !list.IsArray() {
		return nil, trouble(crawler.Broken, fmt.Errorf("jsonfeed: no list of items at %q%s", sh.items, reason(doc)),
			"接口的回答里没有找到帖子列表。请用 huiying try 看回答的样子，再改 json 里的 items。"+apiMessage(doc))
	}
	if sh.weibo {
		return statuses(list), nil
	}
	return list.Array(), nil
}

// reason adds what the server itself says went wrong.
func reason(doc gjson.Result) string {
	if s := complaint(doc); s != "" {
		return fmt.Sprintf("; the server says %.100q", s)
	}
	return ""
}

// apiMessage is reason for operators.
func apiMessage(doc gjson.Result) string {
	if s := complaint(doc); s != "" {
		return "对方说：" + s
	}
	return ""
}

// complaint is the server's own word, on one line and short.
func complaint(doc gjson.Result) string {
	for _, path := range []string{"msg", "message", "errmsg", "error"} {
		if r := doc.Get(path); r.Type == gjson.String && r.String() != "" {
			s := []rune(sitetext.OneLine(r.String()))
			return string(s[:min(len(s), 60)])
		}
	}
	return ""
}

func (sh shape) post(it gjson.Result, base string, blank post.Post, now time.Time, res *result) (post.Post, string, bool) {
	p := blank
	id := pick(it, sh.fields.ID)
	p.Title = cut(sitetext.OneLine(pick(it, sh.fields.Title)), maxTitle, "标题", res)
	p.Body = sh.hide(sitetext.PlainText(pick(it, sh.fields.Body)))
	p.Origin = sitetext.OneLine(pick(it, sh.fields.Origin))
	p.Body = cut(strings.TrimSpace(p.Body+sh.repost(it)), maxBody, "正文", res)
	if p.Title == "" && p.Body == "" {
		res.skipped = append(res.skipped, "有一条没有标题和正文，未读。")
		return p, "", false
	}
	p.Published, _ = sitetext.ParseTime(pick(it, sh.fields.Published), now)
	p.Reads, p.Shares = sh.counts.Read(pick(it, sh.fields.Reads)), sh.counts.Read(pick(it, sh.fields.Shares))
	p.URL = sh.linkOf(it, id, base)
	switch {
	case p.URL != "":
		p.ID = post.NewID(blank.Source, p.URL)
	case id != "":
		p.ID = post.NewID(blank.Source, "id:"+id)
	default:
		p.ID = post.NewID(blank.Source, "text:"+p.Title+"\n"+p.Body)
	}
	return p, id, true
}

// linkOf gives the item's canonical link; "" when it has none that leads to a
// page.
func (sh shape) linkOf(it gjson.Result, id, base string) string {
	link := pick(it, sh.fields.URL)
	if link == "" && sh.link != "" && id != "" {
		link = strings.ReplaceAll(sh.link, "{id}", url.QueryEscape(id))
	}
	if link == "" {
		return ""
	}
	if b, err := url.Parse(base); err == nil && base != "" {
		u, err := b.Parse(link)
		if err != nil {
			return ""
		}
		link = u.String()
	}
	out, err := sitetext.CanonicalURL(link)
	if err != nil {
		return ""
	}
	return out
}

// pick gives the first of the paths that holds a text or a number. A number is
// given as it is written: ids exceed what a float holds.
func pick(it gjson.Result, paths string) string {
	if paths == "" {
		return ""
	}
	for path := range strings.SplitSeq(paths, ",") {
		switch r := it.Get(strings.TrimSpace(path)); r.Type {
		case gjson.String:
			if s := strings.TrimSpace(r.String()); s != "" {
				return s
			}
		case gjson.Number:
			return r.Raw
		default:
		}
	}
	return ""
}

func cut(s string, limit int, what string, res *result) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	res.skipped = append(res.skipped, fmt.Sprintf("有一条%s过长（%d 字节），只取了开头。", what, len(s)))
	return s[:limit]
}

// checkDepth refuses nesting that recursive readers would fall over.
func checkDepth(text string) error {
	if sitetext.DeeperThan(text, maxDepth) {
		return trouble(crawler.Hostile, fmt.Errorf("jsonfeed: more than %d values inside each other", maxDepth), "接口的回答嵌套太深，没有读。")
	}
	return nil
}

// trouble is an answer that cannot be read as a timeline, in words for engineers
// and for operators.
func trouble(class crawler.Trouble, err error, chinese string) error {
	return &crawler.TroubleError{Trouble: class, Reason: chinese, Err: err}
}

// explain adds to a refusal by robots.txt what else a source of this preset can
// be read by: to read on all the same is not for us to decide.
func (c *Collector) explain(err error) error {
	fe, ok := errors.AsType[*fetch.Error](err)
	if !ok || fe.Kind != fetch.Robots {
		return err
	}
	way := "请向网站主管单位申请接口授权，或改用它公开的订阅源（kind: feed）。"
	if c.shape.weibo {
		way = "请改用平台授权的接口，或单位自建的 RSSHub 等桥接给出的订阅地址（kind: feed，channel: weibo）。"
	}
	return trouble(crawler.Refused, err, "该网站的 robots.txt 不允许读取这个接口，所以不读。"+way)
}

// chinese is what an operator reads of an error; "" where it is not for them.
func chinese(err error) string {
	var told interface{ Chinese() string }
	if errors.As(err, &told) {
		return told.Chinese()
	}
	return ""
}
