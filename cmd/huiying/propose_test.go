package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"huiying/configs"
)

// proposed runs try and returns what it proposes, held to be a valid source.
func proposed(t *testing.T, c *tryCmd) (string, configs.Source) {
	t.Helper()
	_, errs, code := try(t, c)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	files := fstest.MapFS{}
	for _, name := range []string{"huiying.yaml", "organisation.yaml"} {
		data, err := configs.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	rules, err := configs.FS.ReadDir("rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		data, err := configs.FS.ReadFile("rules/" + r.Name())
		if err != nil {
			t.Fatal(err)
		}
		files["rules/"+r.Name()] = &fstest.MapFile{Data: data}
	}
	files["sources.yaml"] = &fstest.MapFile{Data: []byte("sources:\n" + errs)}
	config, err := configs.LoadFS(files, "huiying.yaml")
	if err != nil {
		t.Fatalf("the proposal is not valid: %v\n%s", err, errs)
	}
	return errs, config.Sources[0]
}

const tryList = `<html><head><title>动态新闻_某某市“能源”局: 首页</title><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>
<div class="nav"><a href="/about">关于我们</a></div><ul class="news-list">%s</ul><a href="index_2.html">下一页</a></body></html>`

func TestProposals(t *testing.T) {
	t.Parallel()
	items := ""
	for _, n := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
		items += `<li><a href="/a/2026112` + n + `.html">供热管线抢修消息第` + n + `条</a></li>`
	}
	for name, tt := range map[string]struct {
		content string
		check   func(configs.Source) bool
	}{
		"list":    {strings.Replace(tryList, "%s", items, 1), func(s configs.Source) bool { return s.Kind == "page" && s.Page.Links == "ul.news-list li a" }},
		"article": {strings.Replace(tryArticle, "gb2312", "utf-8", 1), func(s configs.Source) bool { return s.Kind == "page" && s.Page.Title == "h1" }},
		"feed": {
			`<rss version="2.0"><channel><title>某网: 能源</title><item><title>某矿事故</title><link>http://example.cn/1.html</link></item></channel></rss>`,
			func(s configs.Source) bool { return s.Kind == "feed" && s.Name == "某网: 能源" },
		},
		"title with orders to the terminal": {
			strings.Replace(strings.Replace(tryList, "能源", "能\u009b2J源", 1), "%s", items, 1),
			func(s configs.Source) bool { return s.Kind == "page" && !strings.Contains(s.Name, "\u009b") },
		},
		"JSON of an unknown shape": {
			`{"code":0,"payload":{"posts":[{"newsId":1,"headline":"小区停暖三天","detail":"没有人管","pubTime":"2025-11-20 08:00:00"}]}}`,
			func(s configs.Source) bool {
				return s.Kind == "json" && s.JSON.Items == "payload.posts" && s.JSON.Title == "headline" && s.JSON.Body == "detail" && s.JSON.Published == "pubTime"
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "saved")
			if err := os.WriteFile(file, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if text, s := proposed(t, &tryCmd{Target: file}); !tt.check(s) {
				t.Errorf("source %+v\n%s", s, text)
			}
		})
	}
}

func TestProposalForAddress(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			_, _ = w.Write([]byte("User-agent: *\nDisallow:\nSitemap: http://" + r.Host + "/sitemap.xml\n"))
		default:
			items := ""
			for _, n := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
				items += `<li><a href="/a/2026112` + n + `.html">供热管线抢修消息第` + n + `条</a></li>`
			}
			_, _ = w.Write([]byte(strings.Replace(tryList, "%s", items, 1)))
		}
	}))
	t.Cleanup(site.Close)
	text, s := proposed(t, &tryCmd{Target: site.URL + "/dt/", AllowPrivate: true, Contact: "ops@example.cn"})
	if s.URL != site.URL+"/dt/" || s.Page.MaxPages != 3 {
		t.Errorf("source %+v", s)
	}
	for _, want := range []string{site.URL + "/rss.xml", site.URL + "/sitemap.xml"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not named in\n%s", want, text)
		}
	}
}

func TestTryWall(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "saved.html")
	if err := os.WriteFile(file, []byte("<html><title>安全验证</title><body>请完成下方验证后继续访问</body></html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := try(t, &tryCmd{Target: file}); out != "" || code != 1 || !strings.Contains(errs, "验证码页") {
		t.Errorf("exit code %d, %q, %q", code, out, errs)
	}
}
