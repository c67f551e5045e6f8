package ack_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/response"
	"huiying/web/ack"
)

// desk is a page over one event, with what was done on it.
type desk struct {
	*httptest.Server
	done []response.Action
	fail error
}

func start(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	h, err := ack.New(ack.Options{
		Read: func(token string) (string, error) {
			switch token {
			case "good":
				return "A-1/煤炭科", nil
			case "old":
				return "", alerting.ErrExpired
			}
			return "", alerting.ErrForged
		},
		Look: func(context.Context, string) (ack.View, error) {
			return ack.View{
				EventID: "E-1", Receiver: "煤炭科", Headline: "【突发事件】<script>alert(1)</script>\u202e某矿透水",
				Case: response.Case{ID: "C-1", Owner: "煤炭科", Status: response.Open, Clocks: []*response.Clock{
					{Kind: response.FirstRelease, StartedAt: now, DueAt: now.Add(time.Hour)},
				}},
				Log: []response.Line{{Did: "转办给煤炭科", By: "局办公室", Note: "<b>急</b>", At: now}},
			}, nil
		},
		Do: func(_ context.Context, deed response.Action) (response.Case, error) {
			if d.fail != nil {
				return response.Case{}, d.fail
			}
			d.done = append(d.done, deed)
			return response.Case{}, nil
		},
		Sections: []string{"煤炭科", "电力科"}, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Server = httptest.NewServer(h)
	t.Cleanup(d.Close)
	return d
}

func (d *desk) ask(t *testing.T, method, path string, form url.Values, header map[string]string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, d.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := d.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b strings.Builder
	if _, err := io.Copy(&b, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, b.String(), resp.Header
}

// TestLookingIsNotActing: programs that preview links fetch them, with GET and
// HEAD, and must change nothing.
func TestLookingIsNotActing(t *testing.T) {
	t.Parallel()
	d := start(t)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		status, body, header := d.ask(t, method, "/a/good?act=take&section=煤炭科", nil, nil)
		if status != http.StatusOK || len(d.done) > 0 {
			t.Fatalf("%s: status %d, done %v", method, status, d.done)
		}
		if method == http.MethodHead {
			continue
		}
		for _, want := range []string{"某矿透水", "首次发布", "剩 1小时", "<option selected>煤炭科", "认领", "转办", "误报"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		for _, bad := range []string{"<script", "\u202e", "<b>急"} {
			if strings.Contains(body, bad) {
				t.Errorf("the page holds %q", bad)
			}
		}
		if csp := header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("headers %v: the link is a key, it must not leak", header)
		}
	}
}

func TestActing(t *testing.T) {
	t.Parallel()
	take := url.Values{"act": {"take"}, "section": {"煤炭科"}, "to": {"电力科"}}
	tests := map[string]struct {
		method, path string
		form         url.Values
		header       map[string]string
		fail         error
		status       int
		says         string
		done         int
	}{
		"take":               {"POST", "/a/good", take, nil, nil, 200, "已登记：“认领”", 1},
		"answered":           {"POST", "/a/good", url.Values{"act": {"answered"}, "section": {"煤炭科"}, "url": {"https://b.example.invalid/1"}}, nil, nil, 200, "已回应", 1},
		"answered, no link":  {"POST", "/a/good", url.Values{"act": {"answered"}, "section": {"煤炭科"}, "url": {"javascript:alert(1)"}}, nil, nil, 422, "不是网址", 0},
		"refused":            {"POST", "/a/good", take, nil, &response.RefusedError{Err: response.ErrNoReason}, 422, "没有执行：请写明误报的原因", 0},
		"database down":      {"POST", "/a/good", take, nil, errors.New("boom"), 503, "没有执行。请稍后再试", 0},
		"expired":            {"POST", "/a/old", take, nil, nil, 410, "已过期", 0},
		"forged":             {"POST", "/a/bad", take, nil, nil, 404, "没有这个页面", 0},
		"no token":           {"GET", "/a/", nil, nil, nil, 404, "没有这个页面", 0},
		"another path":       {"GET", "/", nil, nil, nil, 404, "没有这个页面", 0},
		"deeper":             {"GET", "/a/good/x", nil, nil, nil, 404, "没有这个页面", 0},
		"from another site":  {"POST", "/a/good", take, map[string]string{"Sec-Fetch-Site": "cross-site"}, nil, 403, "别的网站", 0},
		"another origin":     {"POST", "/a/good", take, map[string]string{"Origin": "https://evil.example.invalid"}, nil, 403, "别的网站", 0},
		"oversized":          {"POST", "/a/good", url.Values{"note": {strings.Repeat("长", 20000)}}, nil, nil, 400, "表单读不了", 0},
		"another method":     {"DELETE", "/a/good", nil, nil, nil, 405, "不支持", 0},
		"not ours to follow": {"PUT", "/a/good", take, nil, nil, 405, "不支持", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t)
			d.fail = test.fail
			status, body, _ := d.ask(t, test.method, test.path, test.form, test.header)
			if status != test.status || !strings.Contains(body, test.says) || len(d.done) != test.done {
				t.Errorf("status %d, done %v, page %q; want %d, %d, %q", status, d.done, body, test.status, test.done, test.says)
			}
			for _, deed := range d.done {
				if deed.EventID != "E-1" || deed.Section != "煤炭科" || deed.To != "" || deed.Via != "link" {
					t.Errorf("deed %+v", deed)
				}
			}
		})
	}
}
