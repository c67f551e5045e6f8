package jsonfeed

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/tidwall/gjson"

	"huiying/crawler"
	"huiying/crawler/fetch"
)

// maxUnfold is how many long texts are read in one round; the others follow in
// the next.
const maxUnfold = 20

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
	text := crawler.PlainText(pick(it.Get("retweeted_status"), sh.fields.Body))
	if text == "" {
		return ""
	}
	return "\n转发原文：" + text
}

// unfold reads the full text of posts that the timeline cuts off ("…全文"), at
// the place where m.weibo.cn keeps them beside the timeline. What is known is not
// read again, and not handed on either, else the short text would look like a
// revision of the long one. It reports false when some were left for later.
func (c *Collector) unfold(ctx context.Context, r crawler.Round, base string, res result, rep *crawler.Report) ([]crawler.Post, bool, error) {
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
		if asked++; asked > maxUnfold {
			drop[l.index], complete = true, false
			continue
		}
		text, err := c.longText(ctx, base, l.id)
		if ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		if err != nil {
			// The first lines are better than nothing: hand them on and say so.
			c.o.Log.WarnContext(ctx, "long text not read", "source", c.o.Source.ID, "post", p.ID, "error", err)
			rep.Skipped = append(rep.Skipped, "一条长微博没有读到全文，只有开头："+p.URL+"。"+chinese(err))
			continue
		}
		p.Body = cut(text+l.repost, maxBody, "正文", &res)
	}
	rep.Skipped = append(rep.Skipped, res.skipped[had:]...)
	posts := make([]crawler.Post, 0, len(res.posts))
	for i, p := range res.posts {
		if !drop[i] {
			posts = append(posts, p)
		}
	}
	return posts, complete, nil
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
	text := crawler.PlainText(gjson.Get(p.Text, "data.longTextContent").String())
	if text == "" {
		return "", errors.New("jsonfeed: no longTextContent in the answer")
	}
	return text, nil
}

func chinese(err error) string {
	if fe, ok := errors.AsType[*fetch.Error](err); ok {
		return fe.Chinese()
	}
	return ""
}
