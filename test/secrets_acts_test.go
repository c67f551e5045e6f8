package test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// trouble breaks what the program stands on, while it works.
func (f *fortress) trouble() {
	f.t.Helper()
	_, _ = f.db.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
	o, err := redis.ParseURL(f.redis.URL())
	if err != nil {
		f.t.Fatal(err)
	}
	o.Password = f.secrets["redis password"]
	client := redis.NewClient(o)
	defer client.Close()
	if err := client.ConfigSet(f.t.Context(), "requirepass", "another").Err(); err != nil {
		f.t.Fatal(err)
	}
	_ = client.ClientKillByFilter(f.t.Context(), "TYPE", "normal", "SKIPME", "yes").Err()
	f.redis.Kill(f.t)
	f.redis.Restart(f.t)
}

// strangers knock at the doors that are open to the outside: a click replayed, one
// without a signature, links made up, rows without the token.
func (f *fortress) strangers() {
	f.t.Helper()
	acts := func() string { return column(f.t, f.db, "SELECT count(*)::text FROM acks")[0] }
	before := acts()
	payload := url.Values{"payload": {`{"type":"block_actions","actions":[{"action_id":"take","value":"x"}]}`}}.Encode()
	for name, header := range map[string]map[string]string{
		"no signature":    {},
		"made up":         {"X-Slack-Request-Timestamp": fmt.Sprint(time.Now().Unix()), "X-Slack-Signature": "v0=" + strings.Repeat("ab", 32)},
		"of an hour ago":  {"X-Slack-Request-Timestamp": fmt.Sprint(time.Now().Add(-time.Hour).Unix()), "X-Slack-Signature": "v0=" + strings.Repeat("ab", 32)},
		"not even a time": {"X-Slack-Request-Timestamp": "x", "X-Slack-Signature": "v0=zz"},
	} {
		if _, code := f.do(http.MethodPost, f.ack+"/slack/interactivity", payload, header); code < 400 {
			f.t.Errorf("a click %s: %d", name, code)
		}
	}
	for _, token := range []string{"x", "AAAA", strings.Repeat("A", 300)} {
		if _, code := f.get(f.ack + "/a/" + token); code < 400 {
			f.t.Errorf("link %s: %d", token, code)
		}
		f.do(http.MethodPost, f.ack+"/a/"+token, "act=take", map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	}
	row := `{"id":"1","title":"长治潞州区停电三天没人管"}`
	for _, token := range []string{"", "Bearer x", "Bearer " + f.secrets["intake token"][:20]} {
		if _, code := f.do(http.MethodPost, f.intake+"/intake/hotline", row, map[string]string{"Authorization": token, "Content-Type": "application/json"}); code < 400 {
			f.t.Errorf("rows with token %q: %d", token, code)
		}
	}
	f.do(http.MethodPost, f.intake+"/intake/hotline", "{", map[string]string{"Authorization": "Bearer " + f.secrets["intake token"], "Content-Type": "application/json"})
	if after := acts(); after != before {
		f.t.Errorf("%s acts before, %s after", before, after)
	}
}

// crawl reads every page, and asks for some that must not be there.
func (f *fortress) crawl(base string) {
	f.t.Helper()
	r := &reader{t: f.t, ours: []string{f.origin + "/post/"}}
	next, seen := []string{"/"}, map[string]bool{"/": true}
	for n := 0; len(next) > 0 && n < 60; n++ {
		body, _ := f.get(base + next[0])
		next = next[1:]
		r.html("page", body)
		for _, found := range regexp.MustCompile(`href="(/[^"#]*)"`).FindAllStringSubmatch(body, -1) {
			if to := html.UnescapeString(found[1]); !seen[to] {
				seen[to] = true
				next = append(next, to)
			}
		}
	}
	if len(seen) < 50 {
		f.t.Errorf("only %d pages are linked", len(seen))
	}
	f.get(base + "/healthz")
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/cmdline", "/debug/vars", "/config", "/.env"} {
		if _, code := f.get(base + path); code != http.StatusNotFound {
			f.t.Errorf("%s: %d", path, code)
		}
	}
}

// commands runs what an operator would, on a good configuration and on bad ones.
func (f *fortress) commands() {
	f.t.Helper()
	post := filepath.Join(f.t.TempDir(), "post.txt")
	if err := os.WriteFile(post, []byte("长治襄垣县某煤矿发生透水事故，12人被困"), 0o600); err != nil {
		f.t.Fatal(err)
	}
	id := regexp.MustCompile(`C-\d{8}-\w{8}`).FindString(f.run(nil, "case", "list"))
	for _, args := range [][]string{
		{"case", "show", id},
		{"check"},
		{"sources", "--json"},
		{"sources", "--id", "gone"},
		{"digest"},
		{"digest", "--format", "html"},
		{"digest", "--format", "json"},
		{"route", "test", "--json", post},
		{"collect", "--source", "gone"},
	} {
		f.run(nil, args...)
	}
	s := f.secrets
	for _, bad := range []string{
		"T_PG=postgres://huiying:" + url.QueryEscape(s["postgres password"]) + "@127.0.0.1:1/x",
		"T_PG=postgres://huiying:" + s["postgres password"] + "@127.0.0.1:port/x",
		"T_PG=host=127.0.0.1 port=1 user=x password='" + s["postgres password"] + "'",
		"T_WECOM=wecom " + s["wecom key"],
		"T_HOOK=http://hook.example.invalid/" + s["webhook key"],
		"T_APP=" + s["slack signing secret"],
		"T_REDIS=redis://:" + s["redis password"] + "@x:y:z/",
		"T_INTAKE=" + s["intake token"][:15],
		"SSL_CERT_FILE=/nowhere",
	} {
		f.run([]string{bad}, "case", "list")
		f.run([]string{bad}, "check")
	}
}
