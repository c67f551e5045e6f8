package intake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler/intake"
	"huiying/internal/post"
)

const secret = "a-token-of-the-hotline"

// office is an API with what it stored.
type office struct {
	mu     sync.Mutex
	posts  []post.Post
	broken error
	now    time.Time
	log    bytes.Buffer
	url    string
}

func newOffice(t *testing.T, perMinute int) *office {
	t.Helper()
	f := &office{now: options().Now}
	o := options()
	o.Columns = map[string]intake.Field{"事由": intake.Body, "经办": intake.None, "电话": intake.Body}
	api, err := intake.NewAPI(intake.APIOptions{
		Endpoints: []intake.Endpoint{{Options: o, Token: secret, PerMinute: perMinute}},
		Emit: func(_ context.Context, posts []post.Post) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.broken == nil {
				f.posts = append(f.posts, posts...)
			}
			return f.broken
		},
		Clock: func() time.Time { f.mu.Lock(); defer f.mu.Unlock(); return f.now },
		Log:   slog.New(slog.NewTextHandler(&f.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(api.Handler())
	t.Cleanup(s.Close)
	f.url = s.URL
	return f
}

// push sends a request as the hotline's own system would.
func (f *office) push(t *testing.T, body string, change func(*http.Request)) (status int, answer map[string]any, h http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url+"/intake/hotline", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Content-Type", "application/json")
	if change != nil {
		change(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatalf("%d %q", resp.StatusCode, raw)
	}
	return resp.StatusCode, answer, resp.Header
}

func TestAPI(t *testing.T) {
	t.Parallel()
	f := newOffice(t, 0)
	status, answer, _ := f.push(t, `{"id":"GD20261120001","title":"小区停暖三天","content":"家里停暖三天，请回电 13800138000。","来电人":"张三","phone":"13800138000",`+
		`"time":"2026-11-20 14:05","地点":"上党区某小区","经办":"某科","extra":{"a":[1]}}`, nil)
	if status != 200 || answer["stored"] != 1.0 {
		t.Fatalf("%d %v", status, answer)
	}
	if diff := cmp.Diff([]post.Post{want()}, f.posts); diff != "" {
		t.Error(diff)
	}
	status, answer, _ = f.push(t, `[{"id":7,"事由":"停水"},{"id":8,"事由":"停气","time":"某天","电话":"13800138000"},{"id":7,"事由":"停水"}]`, nil)
	if status != 200 || answer["stored"] != 2.0 || fmt.Sprint(answer["notes"]) != "[第 2 条: 时间看不懂或在将来: 某天]" {
		t.Errorf("%d %v", status, answer)
	}
	if got := f.posts[1].ID; got != post.KeyedID(nil, "hotline", "7") {
		t.Errorf("id %s", got)
	}
	if f.posts[2].Body != "停气" {
		t.Errorf("a column of phone numbers was read: %q", f.posts[2].Body)
	}
	status, answer, _ = f.push(t, `[{"id":"140402200001010001","content":"停电"},{"id":"140402200001010002","content":"停电"},{"id":"140402200001010003","content":"停电"}]`, nil)
	ids, _ := answer["ids"].([]any)
	if status != 200 || answer["stored"] != 3.0 || len(ids) != 3 || ids[0] == ids[1] || ids[1] == ids[2] {
		t.Errorf("three tickets whose numbers look like ID numbers: %d %v", status, answer)
	}
	for _, private := range []string{secret, "13800138000", "张三"} {
		if strings.Contains(f.log.String(), private) {
			t.Errorf("the log holds %q", private)
		}
	}
}

func TestAPIRefuses(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	row := `{"id":1,"content":"停电"}`
	for name, tc := range map[string]struct {
		body   string
		change func(*http.Request)
		status int
		want   string
	}{
		"no token":        {row, func(r *http.Request) { r.Header.Del("Authorization") }, 401, "令牌不对"},
		"wrong token":     {row, header("Authorization", "Bearer "+secret+"x"), 401, "令牌不对"},
		"token alone":     {row, header("Authorization", secret), 401, "令牌不对"},
		"password":        {row, func(r *http.Request) { r.SetBasicAuth("a", secret) }, 401, "令牌不对"},
		"empty token":     {row, header("Authorization", "Bearer "), 401, "令牌不对"},
		"other source":    {row, func(r *http.Request) { r.URL.Path = "/intake/other" }, 401, "令牌不对，或没有这个来源"},
		"other path":      {row, func(r *http.Request) { r.URL.Path = "/" }, 404, "这里只收"},
		"reading":         {"", func(r *http.Request) { r.Method = http.MethodGet }, 405, "这里只收"},
		"a form":          {"a=b", header("Content-Type", "application/x-www-form-urlencoded"), 415, "application/json"},
		"GBK":             {row, header("Content-Type", "application/json; charset=gbk"), 415, "UTF-8"},
		"compressed":      {row, header("Content-Encoding", "gzip"), 415, "不压缩"},
		"too large":       {`{"content":"` + strings.Repeat("停", 1<<20) + `"}`, nil, 413, "1024 KB"},
		"too many":        {"[" + strings.Repeat(row+",", 200) + row + "]", nil, 413, "200 条"},
		"empty":           {"", nil, 400, "不是 JSON"},
		"cut off":         {`{"content":"停电"`, nil, 400, "不是 JSON"},
		"two":             {row + row, nil, 400, "不是 JSON"},
		"a number":        {"7", nil, 400, "不是 JSON"},
		"null":            {"null", nil, 422, "没有标题也没有内容"},
		"numbers":         {"[1]", nil, 400, "不是 JSON"},
		"nothing":         {"[]", nil, 422, "空的"},
		"no text":         {`[{"content":"停电"},{"id":2,"phone":"1"}]`, nil, 422, "没有标题也没有内容"},
		"deep":            {strings.Repeat(`{"a":`, 100000), nil, 400, "不是 JSON"},
		"deep but closed": {`{"a":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `}`, nil, 400, "不是 JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newOffice(t, 0)
			status, answer, _ := f.push(t, tc.body, tc.change)
			if status != tc.status || !strings.Contains(fmt.Sprint(answer["error"]), tc.want) {
				t.Errorf("got %d %v, want %d %s", status, answer, tc.status, tc.want)
			}
			if len(f.posts) > 0 {
				t.Errorf("stored %+v", f.posts)
			}
		})
	}
}

// TestAPIAnswersForWhatIsStored only, and says when to come again.
func TestAPIAnswersForWhatIsStored(t *testing.T) {
	t.Parallel()
	f := newOffice(t, 0)
	f.broken = errors.New("disk full at /var/secret")
	status, answer, h := f.push(t, `{"id":1,"content":"停电"}`, nil)
	if status != 503 || h.Get("Retry-After") != "5" || strings.Contains(fmt.Sprint(answer), "disk") {
		t.Errorf("%d %v %q", status, answer, h.Get("Retry-After"))
	}
}

func TestAPIRate(t *testing.T) {
	t.Parallel()
	f := newOffice(t, 6)
	for i := range 6 {
		if status, answer, _ := f.push(t, `{"content":"停电"}`, nil); status != 200 {
			t.Fatalf("request %d: %d %v", i, status, answer)
		}
	}
	status, answer, h := f.push(t, `{"content":"停电"}`, nil)
	if status != 429 || h.Get("Retry-After") != "10" || !strings.Contains(fmt.Sprint(answer["error"]), "每分钟最多 6 次") {
		t.Errorf("%d %v %q", status, answer, h.Get("Retry-After"))
	}
	f.mu.Lock()
	f.now = f.now.Add(10 * time.Second)
	f.mu.Unlock()
	if status, answer, _ := f.push(t, `{"content":"停电"}`, nil); status != 200 {
		t.Errorf("after the wait: %d %v", status, answer)
	}
}

// TestAPIWrongTokens are slowed down, and do not shut out the right one.
func TestAPIWrongTokens(t *testing.T) {
	t.Parallel()
	f := newOffice(t, 0)
	wrong := func(r *http.Request) { r.Header.Set("Authorization", "Bearer guess") }
	seen := map[int]int{}
	for range 40 {
		status, _, _ := f.push(t, `{}`, wrong)
		seen[status]++
	}
	if diff := cmp.Diff(map[int]int{401: 30, 429: 10}, seen); diff != "" {
		t.Error(diff)
	}
	if status, answer, _ := f.push(t, `{"content":"停电"}`, nil); status != 200 {
		t.Errorf("the right token: %d %v", status, answer)
	}
}

// Strangers who try tokens fast do not fill the log, and the scheme may be written
// in any case.
func TestAPIStrangersAndSchemes(t *testing.T) {
	t.Parallel()
	f := newOffice(t, 0)
	for range 200 {
		f.push(t, `{}`, func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") })
	}
	if n := strings.Count(f.log.String(), "refused"); n == 0 || n > 30 {
		t.Errorf("200 wrong tokens made %d lines of log", n)
	}
	status, answer, _ := f.push(t, `{"content":"停电"}`, func(r *http.Request) { r.Header.Set("Authorization", "bearer "+secret) })
	if status != 200 {
		t.Errorf("%d %v", status, answer)
	}
}
