// Package probe reads a page, a feed or a JSON answer of which nothing is known, and
// says how it would stand in sources.yaml.
package probe

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"huiying/crawler/extract"
	"huiying/crawler/feed"
	"huiying/crawler/fetch"
	"huiying/crawler/jsonfeed"
	"huiying/internal/post"
	"huiying/internal/zh"
)

// Item is a post that a target would yield. Its fields are a contract with scripts.
type Item struct {
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

// Options say how a web address may be read.
type Options struct {
	// Contact stands in the User-Agent.
	Contact string
	// AllowPrivate permits addresses of private networks and of this machine.
	AllowPrivate bool
}

// Document is what the target holds before it is read as anything.
type Document struct {
	raw         []byte
	contentType string
	url         string
	// client read it from the web; nil for a file.
	client *fetch.Client
}

// maxFile is as large as a saved page may be, in bytes.
const maxFile = 20 << 20

// BarrierError says that a captcha or the like stands in place of the content.
type BarrierError struct{ barrier extract.Barrier }

func (e *BarrierError) Error() string { return "a " + string(e.barrier) + " page in place of content" }

// Chinese says what stands there, and what to do about it.
func (e *BarrierError) Chinese() string { return e.barrier.Chinese() }

// TextlessError says that a page holds nothing that can be read.
type TextlessError struct{ err error }

func (e *TextlessError) Error() string { return e.err.Error() }
func (e *TextlessError) Unwrap() error { return e.err }

// Chinese says what to do about it.
func (e *TextlessError) Chinese() string {
	return "页面里没有文字, 可能要用浏览器才能打开, 或者内容是图片。请人工打开核对。"
}

// Open reads a web address, or else a file.
func Open(ctx context.Context, target string, o Options) (Document, error) {
	if !strings.HasPrefix(target, "http://") && !strings.HasPrefix(target, "https://") {
		f, err := os.Open(target) //nolint:gosec // a file the person at the terminal names
		if err != nil {
			return Document{}, fmt.Errorf("%w; 网址要以 http:// 或 https:// 开头", err)
		}
		raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
		_ = f.Close()
		if err == nil && len(raw) > maxFile {
			err = fmt.Errorf("larger than %d bytes", maxFile)
		}
		return Document{raw: raw}, err
	}
	fo := fetch.Options{Contact: o.Contact}
	if o.AllowPrivate {
		fo.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	}
	client, err := fetch.New(fo)
	if err != nil {
		return Document{}, err
	}
	p, err := client.Get(ctx, target)
	if err != nil {
		return Document{}, err
	}
	return Document{raw: p.Raw, contentType: p.Header.Get("Content-Type"), url: p.URL, client: client}, nil
}

// Read reads the items of a document as kind: "feed", "page" or "json"; "" tells the
// kind by the content. A page without content is a *BarrierError or a *TextlessError.
func (d Document) Read(kind string, now time.Time) ([]Item, error) {
	text, _ := fetch.Decode(d.raw, d.contentType)
	if kind == "" {
		kind = guessKind(text)
	}
	switch kind {
	case "feed":
		posts, err := feed.ParseBytes(d.raw, d.contentType, d.url, now)
		return items(posts, "feed"), err
	case "json":
		posts, err := readJSON(d, now)
		return items(posts, "json"), err
	}
	return readPage(text, d.url, now)
}

// readJSON tries the usual places first and then every known shape.
func readJSON(doc Document, now time.Time) ([]post.Post, error) {
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

func items(posts []post.Post, kind string) []Item {
	out := make([]Item, 0, len(posts))
	for _, p := range posts {
		f := Item{URL: p.URL, Title: p.Title, Source: p.Origin, Body: p.Body, Kind: kind}
		if !p.Published.IsZero() {
			f.Published = p.Published.In(zh.Beijing()).Format(time.RFC3339)
		}
		out = append(out, f)
	}
	return out
}
