package jsonfeed

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"huiying/crawler"
	"huiying/crawler/sitetext"
	"huiying/internal/post"
)

// maxExpand is how many long texts are read in one round; the others follow in
// the next.
const maxExpand = 20

// statuses collects the posts of a Weibo list: a card holds one, or a group of
// cards, and some lists hold the posts themselves.
func statuses(list gjson.Result) []gjson.Result {
	var out []gjson.Result
	for _, card := range list.Array() {
		switch {
		case card.Get("mblog").IsObject():
			out = append(out, card.Get("mblog"))
		case card.Get("card_group").IsArray():
			out = append(out, statuses(card.Get("card_group"))...)
		case card.Get("text").Exists() && card.Get("created_at").Exists():
			out = append(out, card)
		}
	}
	return out
}

// repost gives the text a post repeats, to stand after its own: the incident
// often stands only there. It is "" when there is none.
func (sh shape) repost(it gjson.Result) string {
	if !sh.weibo {
		return ""
	}
	text := sitetext.PlainText(pick(it.Get("retweeted_status"), sh.fields.Body))
	if text == "" {
		return ""
	}
	return repeated + sh.hide(text)
}

// repeated stands before the text a post repeats.
const repeated = "\n转发原文："

// long tells which texts of a post must be read elsewhere.
func (sh shape) long(it gjson.Result, id string) longText {
	var l longText
	if !sh.weibo {
		return l
	}
	if cutOff(it) {
		l.id = id
	}
	if again := it.Get("retweeted_status"); cutOff(again) {
		l.repostID = pick(again, sh.fields.ID)
	}
	l.own, l.repost = sh.hide(sitetext.PlainText(pick(it, sh.fields.Body))), sh.repost(it)
	return l
}

func cutOff(it gjson.Result) bool {
	return it.Get("isLongText").Bool() && !it.Get("longText.longTextContent").Exists()
}

// expand reads the full text of posts that the timeline cuts off ("…全文"), at
// the place where m.weibo.cn keeps them beside the timeline. What is known is not
// read again, and not handed on either, else the short text would look like a
// revision of the long one. It reports false when some were left for later.
func (c *Collector) expand(ctx context.Context, r crawler.Round, base string, res result, rep *crawler.Report) ([]post.Post, bool, error) {
	if len(res.long) == 0 {
		return res.posts, true, nil
	}
	urls := make([]string, 0, len(res.long))
	for _, l := range res.long {
		urls = append(urls, res.posts[l.index].URL)
	}
	known, err := r.Known(ctx, urls)
	if err != nil {
		return nil, false, fmt.Errorf("ask which posts of source %q are known: %w", c.o.Source.ID, err)
	}
	for _, u := range r.Reread {
		delete(known, u)
	}
	complete, asked, had := true, 0, len(res.skipped)
	drop := map[int]bool{}
	for _, l := range res.long {
		p := &res.posts[l.index]
		if known[p.URL] {
			drop[l.index] = true
			continue
		}
		if asked++; asked > maxExpand {
			drop[l.index], complete = true, false
			continue
		}
		text, err := c.whole(ctx, base, l)
		if ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		if err != nil {
			// The first lines are better than nothing: hand them on and say so.
			c.o.Log.WarnContext(ctx, "long text not read", "source", c.o.Source.ID, "post", p.ID, "error", err)
			rep.Skipped = append(rep.Skipped, "一条长微博没有读到全文，只有开头："+p.URL+"。"+chinese(err))
		}
		p.Body = cut(text, maxBody, "正文", &res)
	}
	rep.Skipped = append(rep.Skipped, res.skipped[had:]...)
	posts := make([]post.Post, 0, len(res.posts))
	for i, p := range res.posts {
		if !drop[i] {
			posts = append(posts, p)
		}
	}
	return posts, complete, nil
}

// whole is the text of a post with what it repeats, both read in full as far as
// that can be; what can not is as the timeline has it.
func (c *Collector) whole(ctx context.Context, base string, l longText) (string, error) {
	own, repost := l.own, l.repost
	var errs []error
	if l.id != "" {
		text, err := c.longText(ctx, base, l.id)
		if err == nil {
			own = c.shape.hide(text)
		}
		errs = append(errs, err)
	}
	if l.repostID != "" {
		text, err := c.longText(ctx, base, l.repostID)
		if err == nil {
			repost = repeated + c.shape.hide(text)
		}
		errs = append(errs, err)
	}
	return strings.TrimSpace(own + repost), errors.Join(errs...)
}

func (c *Collector) longText(ctx context.Context, base, id string) (string, error) {
	b, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	at := url.URL{Scheme: b.Scheme, Host: b.Host, Path: "/statuses/extend", RawQuery: "id=" + url.QueryEscape(id)}
	p, err := c.o.Client.Get(ctx, at.String())
	if err != nil {
		return "", err
	}
	if err := checkDepth(p.Text); err != nil {
		return "", err
	}
	text := sitetext.PlainText(gjson.Get(p.Text, "data.longTextContent").String())
	if text == "" {
		return "", errors.New("jsonfeed: no longTextContent in the answer")
	}
	return text, nil
}
