package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
)

const tryArticle = `<html><head><meta charset="gb2312"><title>上党区供热管线抢修完成_某门户</title></head><body><h1>上党区供热管线抢修完成</h1>
<div>2025年11月20日 14:05 来源：某日报</div><p>11月20日上午，上党区一处供热管线发生泄漏，约两千户居民家中停暖。供热公司立即组织抢修。</p></body></html>`

const tryArticleLine = `{"url":"%s","title":"上党区供热管线抢修完成","published":"2025-11-20T14:05:00+08:00","source":"某日报",` +
	`"body":"11月20日上午，上党区一处供热管线发生泄漏，约两千户居民家中停暖。供热公司立即组织抢修。","kind":"article"}` + "\n"

func TestTry(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(tryArticle)
	if err != nil {
		t.Fatal(err)
	}
	list := "<html><body><ul>" + strings.Repeat(" ", 10)
	for _, n := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
		list += `<li><a href="/a/2026112` + n + `.html">供热管线抢修消息第` + n + `条</a></li>`
	}
	rss := `<?xml version="1.0"?><rss version="2.0"><channel><title>某网</title><item><title>某矿事故</title><link>http://example.cn/1.html</link>` +
		`<description>三人被困</description><pubDate>Thu, 20 Nov 2025 14:05:00 +0800</pubDate></item></channel></rss>`
	tests := map[string]struct {
		content, kind string
		lines         int
		first         string
		code          int
		says          string
	}{
		"GBK article":          {content: gbk, lines: 1, first: strings.Replace(tryArticleLine, "%s", "", 1)},
		"list page":            {content: list, lines: 8, first: `{"url":"/a/20261121.html","title":"供热管线抢修消息第1条","published":"","source":"","body":"","kind":"list"}` + "\n"},
		"feed":                 {content: rss, lines: 1, first: `{"url":"http://example.cn/1.html","title":"某矿事故","published":"2025-11-20T14:05:00+08:00","source":"","body":"三人被困","kind":"feed"}` + "\n"},
		"feed read as a page":  {content: rss, kind: "page", lines: 1},
		"nothing to read":      {content: "<html><body></body></html>", code: 1, says: "没有读出内容: 页面里没有文字"},
		"feed without an item": {content: `<rss version="2.0"><channel><title>某网</title></channel></rss>`, code: 1, says: "没有读出任何一条"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "saved.html")
			if err := os.WriteFile(file, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			out, errs, code := try(t, &tryCmd{Target: file, Kind: tt.kind})
			if code != tt.code || !strings.Contains(errs, tt.says) {
				t.Errorf("exit code %d, stderr %q", code, errs)
			}
			if n := strings.Count(out, "\n"); n != tt.lines {
				t.Errorf("%d lines, want %d:\n%s", n, tt.lines, out)
			}
			if tt.first != "" {
				if diff := cmp.Diff(tt.first, out[:strings.Index(out, "\n")+1]); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestTryURL(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(strings.Replace(tryArticle, "gb2312", "utf-8", 1)))
	}))
	t.Cleanup(site.Close)
	at := site.URL + "/a/1.html"
	out, errs, code := try(t, &tryCmd{Target: at, AllowPrivate: true, Contact: "ops@example.cn"})
	if diff := cmp.Diff(strings.Replace(tryArticleLine, "%s", at, 1), out); diff != "" || code != 0 {
		t.Errorf("exit code %d, stderr %q\n%s", code, errs, diff)
	}
	out, errs, code = try(t, &tryCmd{Target: at, Contact: "ops@example.cn"})
	if out != "" || code != 1 || !strings.Contains(errs, "内网") {
		t.Errorf("a private address was not refused: exit code %d, %q, %q", code, out, errs)
	}
}

func try(t *testing.T, c *tryCmd) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	err := c.Run(t.Context(), &streams{Out: &o, Err: &e})
	if ee, ok := err.(exitError); ok { //nolint:errorlint // never wrapped
		code = ee.code
	} else if err != nil {
		t.Fatal(err)
	}
	return o.String(), e.String(), code
}
