package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/digest"
	"huiying/internal/fixture"
	"huiying/internal/store"
	"huiying/internal/zh"
	"huiying/web"
)

// serve starts the pages over a store on the invented day.
func serve(t *testing.T, db *store.DB) *httptest.Server {
	t.Helper()
	s, err := web.New(web.Options{DB: db.Reader(), Now: fixture.Now, Bureau: "示例市能源局", PublicURL: "https://huiying.example/"})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	return srv
}

// answer is a response with its body read.
type answer struct {
	status int
	header http.Header
	body   string
}

func ask(t *testing.T, srv *httptest.Server, method, path, host string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		req.Host = host
	}
	client := *srv.Client() // tests that run beside this one share it
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(b)}
}

func get(t *testing.T, srv *httptest.Server, path string) string {
	t.Helper()
	a := ask(t, srv, http.MethodGet, path, "")
	if a.status != http.StatusOK {
		t.Fatalf("GET %s: status %d\n%s", path, a.status, a.body)
	}
	return a.body
}

// inOrder fails unless the words stand in the page in this order.
func inOrder(t *testing.T, page string, words ...string) {
	t.Helper()
	rest := page
	for _, w := range words {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			t.Errorf("%q missing, or not after the words before it, in:\n%s", w, page)
			return
		}
		rest = after
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	db := fixture.Open(t)
	fixture.Day(t, db)
	from, to := zh.Day(fixture.Now().AddDate(0, 0, -1))
	yesterday, err := digest.Collect(t.Context(), db.Reader(), from, to, fixture.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := digest.Save(t.Context(), db.Writer(), yesterday); err != nil {
		t.Fatal(err)
	}
	srv := serve(t, db)
	for path, words := range map[string][]string{
		"/": {
			"示例市能源局", "等待答复", "沁源县一煤矿", "已超时 37分钟",
			"选煤厂", "剩 42分钟", "充电桩", "已超时 3小时", "停气", "停暖", "其余事件", "电价翻倍", "督办",
		},
		"/?state=overdue":                 {"沁源县一煤矿", "充电桩"},
		"/?category=interest":             {"充电桩", "停暖"},
		"/?handling=review":               {"等待复核", "演练"},
		"/?state=done":                    {"已按时答复", "已答复，超时 3小时"},
		"/?category=x&state=y&page=-3":    {"等待答复"},
		"/events/E-20261123-7c1f":         {"死亡1人、被困12人", "已超时 37分钟", "判定依据", "通知与送达", "局办公室", "结果不明", "<mark", "12人被困", "改动前的文字", "3人被困"},
		"/events/E-20261123-9b42":         {"已按时答复", `href="https://energy.example/notice/2026/1123.html"`, "发送失败", "channel_not_found"},
		"/sources":                        {"失败 3 个", "能源微信文章桥接", "连续失败 40 次", "no such host", "正常", "停用"},
		"/review":                         {"家里又跳闸了", "演练", "通用排除"},
		"/review?category=interest":       {"供热管网改造", "家里又跳闸了"},
		"/digests":                        {"看今天到现在", "2026-11-22", "零报告"},
		"/digests/2026-11-22":             {"2026年11月22日全天", "零报告（来源不全）"},
		"/digests/2026-11-23":             {"即时汇总", "示例市能源局舆情日报", "新增告警事件 4 件", "沁源县一煤矿"},
		"/digests/today":                  {"即时汇总", "新增告警事件 4 件"},
		"/digests/today?format=json":      {`"day": "2026-11-23"`},
		"/digests/today?format=md":        {"# 示例市能源局舆情日报"},
		"/digests/2026-11-22?format=html": {"<style>", "零报告"},
		"/healthz":                        {`"ok":true`},
		"/static/style.css":               {":root"},
		"/static/countdown.js":            {"data-due"},
		"/static/icon.svg":                {"<svg"},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			inOrder(t, get(t, srv, path), words...)
		})
	}
	t.Run("nothing inline", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/", "/events/E-20261123-7c1f", "/review", "/sources", "/digests", "/digests/today", "/nothing"} {
			shape, _ := fixture.Shape(t, ask(t, srv, http.MethodGet, path, "").body)
			for line := range strings.Lines(shape) {
				line = strings.TrimSpace(line)
				if line == "style" || line == "iframe" || line == "form" || strings.HasPrefix(line, "on") {
					t.Errorf("%s: has %q, which the CSP forbids", path, line)
				}
			}
		}
	})
	t.Run("filters leave out the rest", func(t *testing.T) {
		t.Parallel()
		for path, word := range map[string]string{
			"/": "演练", "/?state=overdue": "停暖", "/?state=running": "充电桩",
			"/?category=interest": "沁源县", "/?state=done": "充电桩", "/?handling=review": "充电桩",
		} {
			if strings.Contains(get(t, srv, path), word) {
				t.Errorf("%s shows %s", path, word)
			}
		}
	})
}

// TestPostgres holds the pages over PostgreSQL to those over SQLite.
func TestPostgres(t *testing.T) {
	t.Parallel()
	lite, pg := fixture.Open(t), fixture.OpenPostgres(t)
	fixture.Day(t, lite)
	fixture.Day(t, pg)
	a, b := serve(t, lite), serve(t, pg)
	for _, path := range []string{
		"/", "/?handling=all&page=2", "/?state=overdue", "/?state=running&category=interest", "/?state=done",
		"/events/E-20261123-7c1f", "/review", "/sources", "/digests", "/digests/today?format=json", "/healthz",
	} {
		if diff := cmp.Diff(get(t, a, path), get(t, b, path)); diff != "" {
			t.Errorf("%s differs (-SQLite +PostgreSQL):\n%s", path, diff)
		}
	}
	if got := ask(t, b, http.MethodGet, "/events/%FF%00", ""); got.status != http.StatusNotFound {
		t.Errorf("an impossible id: status %d, want 404", got.status)
	}
}

// TestTroubleIsNotShown closes the database under the pages: the reader gets a
// plain page, not the error.
func TestTroubleIsNotShown(t *testing.T) {
	t.Parallel()
	db := fixture.Open(t)
	srv := serve(t, db)
	if err := db.Reader().Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/events/E-1", "/digests", "/digests/today", "/sources", "/review"} {
		a := ask(t, srv, http.MethodGet, path, "")
		if a.status != http.StatusInternalServerError || strings.Contains(a.body, "sql") {
			t.Errorf("GET %s: status %d\n%s", path, a.status, a.body)
		}
	}
	if a := ask(t, srv, http.MethodGet, "/healthz", ""); a.status != http.StatusServiceUnavailable {
		t.Errorf("healthz: status %d, want 503", a.status)
	}
}
