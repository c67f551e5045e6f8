package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"huiying/crawler"
	"huiying/crawler/extract"
	"huiying/crawler/feed"
	"huiying/crawler/fetch"
	"huiying/crawler/jsonfeed"
	"huiying/internal/post"
)

// tryCmd shows what a source would yield, for whoever adds it: the items on
// standard output, and on standard error the source as it could be written.
type tryCmd struct {
	Target       string `arg:"" help:"网址, 或存下来的文件。" placeholder:"URL|FILE"`
	Kind         string `enum:",feed,page,json" default:"" help:"当作什么来读: feed 订阅, page 网页, json 接口。不写就自己判断。"`
	AllowPrivate bool   `help:"允许读内网和本机的网址。"`
	Contact      string `default:"huiying try" help:"写进 User-Agent 的联系方式。" placeholder:"URL|邮箱"`
}

// found is one line of the answer. Its fields are a contract with scripts.
type found struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	// Published is RFC 3339 in +08:00, or empty.
	Published string `json:"published"`
	// Source is the medium the page names (来源), or empty.
	Source string `json:"source"`
	Body   string `json:"body"`
	// Kind is article, list (one link of a list page), feed or json.
	Kind string `json:"kind"`
}

// document is what the target holds before it is read as anything.
type document struct {
	raw         []byte
	contentType string
	url         string
	// client read it from the web; nil for a file.
	client *fetch.Client
}

// maxTryFile is as large as a saved page may be, in bytes.
const maxTryFile = 20 << 20

// Run prints one JSON object for an article, or one a line for the items of a
// list page, a feed or a timeline. An unreadable target ends with exit code 1.
func (c *tryCmd) Run(ctx context.Context, std *streams) error {
	doc, err := c.load(ctx)
	if err != nil {
		if fe, ok := errors.AsType[*fetch.Error](err); ok {
			fmt.Fprintf(std.Err, "%s: %s\n", c.Target, fe.Chinese())
			if fe.Kind == fetch.Blocked {
				fmt.Fprintln(std.Err, "确要试读内网的网址, 请加 --allow-private。")
			}
			return exitError{1}
		}
		return fmt.Errorf("try %s: %w", c.Target, err)
	}
	now := time.Now()
	items, err := c.read(doc, now)
	if wall, ok := errors.AsType[*walledError](err); ok {
		fmt.Fprintf(std.Err, "%s: %s\n", c.Target, wall.wall.Chinese())
		return exitError{1}
	}
	if err != nil {
		fmt.Fprintf(std.Err, "%s: 没有读出内容: %s\n", c.Target, unread(err))
		return exitError{1}
	}
	out := json.NewEncoder(std.Out)
	out.SetEscapeHTML(false)
	for _, it := range items {
		if err := out.Encode(it); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
	}
	if len(items) == 0 {
		fmt.Fprintf(std.Err, "%s: 能打开, 但没有读出任何一条; 可以用 --kind 指明是什么\n", c.Target)
		return exitError{1}
	}
	c.propose(ctx, std.Err, doc, items, now)
	return nil
}

// walledError says that a captcha or the like stands in place of the content.
type walledError struct{ wall extract.Wall }

func (e *walledError) Error() string { return "a " + string(e.wall) + " page in place of content" }

// textlessError says that a page holds nothing that can be read.
type textlessError struct{ err error }

func (e *textlessError) Error() string { return e.err.Error() }
func (e *textlessError) Unwrap() error { return e.err }

// Chinese says what to do about it.
func (e *textlessError) Chinese() string {
	return "页面里没有文字, 可能要用浏览器才能打开, 或者内容是图片。请人工打开核对。"
}

// unread is why nothing was read, in Chinese where that is known.
func unread(err error) string {
	var told interface{ Chinese() string }
	if errors.As(err, &told) {
		return told.Chinese()
	}
	return err.Error()
}

// load reads the target from the web or from a file.
func (c *tryCmd) load(ctx context.Context) (document, error) {
	if !strings.HasPrefix(c.Target, "http://") && !strings.HasPrefix(c.Target, "https://") {
		f, err := os.Open(c.Target)
		if err != nil {
			return document{}, fmt.Errorf("%w; 网址要以 http:// 或 https:// 开头", err)
		}
		raw, err := io.ReadAll(io.LimitReader(f, maxTryFile+1))
		_ = f.Close()
		if err == nil && len(raw) > maxTryFile {
			err = fmt.Errorf("larger than %d bytes", maxTryFile)
		}
		return document{raw: raw}, err
	}
	o := fetch.Options{Contact: c.Contact}
	if c.AllowPrivate {
		o.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	}
	client, err := fetch.New(o)
	if err != nil {
		return document{}, err
	}
	p, err := client.Get(ctx, c.Target)
	if err != nil {
		return document{}, err
	}
	return document{raw: p.Raw, contentType: p.Header.Get("Content-Type"), url: p.URL, client: client}, nil
}

func (c *tryCmd) read(doc document, now time.Time) ([]found, error) {
	text, _ := fetch.Decode(doc.raw, doc.contentType)
	kind := c.Kind
	if kind == "" {
		kind = guessKind(text)
	}
	switch kind {
	case "feed":
		posts, err := feed.ParseBytes(doc.raw, doc.contentType, doc.url, now)
		return lines(posts, "feed"), err
	case "json":
		posts, err := readJSON(doc, now)
		return lines(posts, "json"), err
	}
	return readPage(text, doc.url, now)
}

// readJSON tries the usual places first and then every known shape.
func readJSON(doc document, now time.Time) ([]post.Post, error) {
	posts, first := jsonfeed.ParseBytes(doc.raw, doc.contentType, doc.url, jsonfeed.Options{}, now)
	if first == nil && len(posts) > 0 {
		return posts, nil
	}
	for _, preset := range jsonfeed.Presets() {
		posts, err := jsonfeed.ParseBytes(doc.raw, doc.contentType, doc.url, jsonfeed.Options{Preset: preset}, now)
		if err == nil && len(posts) > 0 {
			return posts, nil
		}
	}
	if o, ok := jsonfeed.Guess(doc.raw, doc.contentType, doc.url, now); ok {
		return jsonfeed.ParseBytes(doc.raw, doc.contentType, doc.url, o, now)
	}
	return nil, first
}

// guessKind tells a feed, a JSON answer and a web page apart by their beginning.
func guessKind(text string) string {
	head := strings.ToLower(strings.TrimSpace(text[:min(len(text), 4096)]))
	switch {
	case strings.HasPrefix(head, "{") || strings.HasPrefix(head, "["):
		if strings.Contains(head, "jsonfeed.org/version") {
			return "feed"
		}
		return "json"
	case strings.Contains(head, "<rss") || strings.Contains(head, "<feed") || strings.Contains(head, "<rdf:rdf"):
		if !strings.Contains(head, "<html") {
			return "feed"
		}
	}
	return "page"
}

func lines(posts []post.Post, kind string) []found {
	out := make([]found, 0, len(posts))
	for _, p := range posts {
		f := found{URL: p.URL, Title: p.Title, Source: p.Origin, Body: p.Body, Kind: kind}
		if !p.Published.IsZero() {
			f.Published = p.Published.In(crawler.China()).Format(time.RFC3339)
		}
		out = append(out, f)
	}
	return out
}
