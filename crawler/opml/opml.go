// Package opml reads lists of feeds as feed readers export them.
package opml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"huiying/crawler/fetch"
	"huiying/crawler/sitetext"
)

// What a list may hold.
const (
	maxBytes = 2 << 20
	maxDepth = 32
	maxFeeds = 5000
)

// Feed is one entry of a list.
type Feed struct {
	// Title is what the reader called it; the address's host where it had no name.
	Title string
	// URL is the feed's address as written, Site that of the page it belongs to.
	URL, Site string
	// Folders are the names of the folders it lay in, outermost first.
	Folders []string
}

// Read reads an OPML list of at most 2 MB and 32 folders inside each other, in any
// Chinese charset. Entries without an address are folders, empty ones vanish. The
// error, in Chinese, says what to do.
func Read(r io.Reader) ([]Feed, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("读取失败: %w", err)
	case len(raw) > maxBytes:
		return nil, fmt.Errorf("文件超过 %d MB; 这不像订阅清单, 请重新导出", maxBytes>>20)
	}
	text, _ := fetch.Decode(raw, "")
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // decoded already
	return walk(d)
}

// walk reads element by element, so that no depth costs a stack.
func walk(d *xml.Decoder) ([]Feed, error) {
	var feeds []Feed
	var open []string // folders and feeds we are in, by name
	known := false
	depth := 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("第 %d 个字节处不是完好的 XML; 请重新导出", d.InputOffset())
		}
		switch t := t.(type) {
		case xml.StartElement:
			known = known || strings.EqualFold(t.Name.Local, "opml")
			if !known {
				return nil, errors.New("不是 OPML: 应以 <opml> 开头; 请在阅读器里选“导出 OPML”")
			}
			if depth++; depth > maxDepth {
				return nil, fmt.Errorf("文件夹套了 %d 层以上; 请整理后重新导出", maxDepth)
			}
			if !strings.EqualFold(t.Name.Local, "outline") {
				continue
			}
			f := outline(t, open)
			if f.URL != "" {
				if feeds = append(feeds, f); len(feeds) > maxFeeds {
					return nil, fmt.Errorf("超过 %d 个订阅; 请分成几份", maxFeeds)
				}
			}
			open = append(open, f.Title)
		case xml.EndElement:
			depth--
			if strings.EqualFold(t.Name.Local, "outline") && len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	if !known {
		return nil, errors.New("文件是空的或不是 OPML; 请重新导出")
	}
	return feeds, nil
}

// outline reads one entry.
func outline(t xml.StartElement, open []string) Feed {
	var f Feed
	text := ""
	for _, a := range t.Attr {
		switch strings.ToLower(a.Name.Local) {
		case "xmlurl":
			f.URL = strings.TrimSpace(a.Value)
		case "htmlurl":
			f.Site = strings.TrimSpace(a.Value)
		case "title":
			f.Title = sitetext.OneLine(a.Value)
		case "text":
			text = sitetext.OneLine(a.Value)
		}
	}
	if f.Title == "" {
		f.Title = text
	}
	for _, name := range open {
		if name != "" {
			f.Folders = append(f.Folders, name)
		}
	}
	return f
}
