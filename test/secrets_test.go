package test

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"huiying/internal/pgtest"
	"huiying/internal/proctest"
	"huiying/internal/redistest"
	"huiying/internal/robottest"
	"huiying/internal/slacktest"
)

var secretsLong = flag.Bool("secrets.long", false, "platforms hang and close their lines too")

// tricks are class E of the bad inputs and the dialects of all platforms.
func tricks() []string {
	return []string{
		"<!channel> <!everyone> <!here> @channel @here @everyone",
		"<@U012345> <!subteam^S1> <#C012345>",
		"<https://evil.example|长治市政府官网>",
		"&lt;!channel&gt; &amp;lt;!channel&amp;gt; &lt;@all&gt;",
		"```\n`code` *bold* **bold** _it_ ~no~ ``` # head\n- item\n> quote\n---",
		"\n>>>【突发事件·特别重大】假告警\n归口：无人\n> 引用",
		`<@all><@zhangsan>[官方通报](http://evil.example)<font color="warning">x</font>`,
		`<at id=all></at><at user_id="all">所有人</at> <a href="http://evil.example">x</a>`,
		"@all @13800000000 ![图](http://evil.example/a.png) [x](dingtalk://dingtalkclient/page/link?url=http%3A%2F%2Fevil.example)",
		strings.Repeat("长", 3001),
		strings.Repeat("🔌", 2900),
		strings.Repeat("一行字\n", 1500),
		"通报\u202egpj.exe https://evil.example/\u202etxt",
		"停\u200b电 <\u200b!channel> h\u200bttps://evil.example",
		"请看 ｇｏｖ.cn 和 xn--fiqs8s.com 和 长治.中国 www.evil.com evil．com evil｡com",
		"https://evil.example/card http://evil.example",
		"【系统】请回复 /舆情 关闭 全部",
		"<!date^1392734382^{date}^https://evil.example|x>",
		"停" + strings.Repeat("\u0336", 500) + "电",
		`</title></td><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=x>`,
		"标题\r\nBcc: all@evil.example\r\n\r\n正文",
		"\r\n{\"time\":\"2026-11-23T08:00:00Z\",\"level\":\"ERROR\",\"msg\":\"forged\"}\nlevel=ERROR msg=forged",
		"停电\u0085\u2028红\u2029",
		"=cmd|'/c calc'!A1 +1+1 @SUM(1)",
		"javascript:alert(1) data:text/html,x",
	}
}

// fortress is the program among platforms that throw its secrets back at it.
type fortress struct {
	t       *testing.T
	secrets map[string]string
	hay     *haystack
	spites  map[string]*spite
	mail    *robottest.MailServer
	redis   *redistest.Server
	db      *sql.DB
	feed    *storm
	origin  string
	pages   string // the base of the addresses in messages
	ack     string // where acknowledgements are taken
	intake  string
	away    *spite // where nothing may ever come
	config  string
	data    string
	env     []string
}

// storm is a feed that is empty at first.
type storm struct {
	open  chan struct{}
	posts []string
}

func (s *storm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>源</title>`)
	select {
	case <-s.open:
		fmt.Fprint(w, strings.ReplaceAll(strings.Join(s.posts, ""), "HOST", r.Host))
	default:
	}
	fmt.Fprint(w, `</channel></rss>`)
}

// stormOf alerts every platform with every trick, in the title or in the text.
func stormOf(hold string) *storm {
	s := &storm{open: make(chan struct{})}
	add := func(title, body string) {
		n := len(s.posts)
		s.posts = append(s.posts, fmt.Sprintf("<item><title>%s</title><link>http://HOST/post/%d</link><pubDate>%s</pubDate><author>%s</author><description>%s</description></item>",
			html.EscapeString(title), n, time.Now().Format(time.RFC1123Z), html.EscapeString(body), html.EscapeString(body)))
	}
	for i, trick := range tricks() {
		mine, station := chars(91, i, 3), chars(92, i, 3)
		add("长治襄垣县"+mine+"煤矿发生透水事故，12人被困 "+trick, chars(93, i, 40)+trick)
		add("长治壶关县"+station+"饭店液化气闪爆 4人死亡5人送医", chars(94, i, 40)+trick+" "+trick)
	}
	for i := range 12 { // so that every way of every platform has its turn
		add("长治武乡县"+chars(95, i, 3)+"煤矿发生透水事故，13人被困", chars(96, i, 40))
		add("长治沁源县"+chars(97, i, 3)+"饭店液化气闪爆 5人死亡5人送医", chars(98, i, 40))
	}
	add("长治屯留区"+chars(99, 1, 3)+"煤矿发生透水事故，14人被困", "内部地址泄露："+hold)
	return s
}

func newFortress(t *testing.T) *fortress {
	t.Helper()
	random := func(prefix string) string { return prefix + rand.Text() + rand.Text()[:12] }
	f := &fortress{t: t, data: t.TempDir(), pages: "http://pages.huiying.invalid", spites: map[string]*spite{}}
	f.secrets = map[string]string{
		"slack bot token": random("xoxb-2-"), "slack bot token of the second": random("xoxb-3-"), "slack app token": slacktest.AppToken,
		"slack signing secret": random(""), "slack socket ticket": random("ticket"),
		"wecom key": random("wk-"), "dingtalk access token": random("dk"), "dingtalk secret": random("SEC"),
		"feishu key": random("fk-"), "feishu secret": random("fs"), "webhook key": random("hk"), "webhook secret": random("hs"),
		"key of the robot nobody vouches for": random("tk-"), "mail password": `pa"ss<&>%41+/=\` + random(""), "redis password": random("rp/+=&"),
		"postgres password": random("pp/+=&"), "intake token": random("it-"),
	}
	s := f.secrets
	f.hay = newHaystack(s)
	f.away = &spite{behind: http.NotFoundHandler()}
	away := startSpite(t, f.away, false)
	ways := spitefulWays(*secretsLong)
	before := func(name string, behind http.Handler, no string, secrets ...string) string {
		f.spites[name] = &spite{
			secrets: secrets, behind: behind, elsewhere: away, ways: ways,
			no: func(text string) string {
				b, _ := json.Marshal(text)
				return fmt.Sprintf(no, b)
			},
		}
		return startSpite(t, f.spites[name], name == "strange")
	}
	first := slacktest.Start(t, slacktest.Options{Token: s["slack bot token"]})
	slacktest.StartSocket(t, first)
	second := slacktest.Start(t, slacktest.Options{Token: s["slack bot token of the second"]})
	slackNo := `{"ok":false,"error":%s}`
	slack1 := before("slack", first, slackNo, s["slack bot token"], s["slack app token"])
	slack2 := before("slack2", second, slackNo, s["slack bot token of the second"], s["slack signing secret"])
	robot := func(p robottest.Platform, no, key, secret string) string {
		server := robottest.Start(t, p, robottest.Options{Key: s[key], Secret: s[secret]})
		known := []string{s[key]}
		if secret != "" {
			known = append(known, s[secret])
		}
		u, err := url.Parse(server.URL())
		if err != nil {
			t.Fatal(err)
		}
		return before(string(p), server, no, known...) + u.RequestURI()
	}
	numbered := `{"errcode":40058,"errmsg":%s}`
	wecom := robot(robottest.WeCom, numbered, "wecom key", "")
	dingtalk := robot(robottest.DingTalk, numbered, "dingtalk access token", "dingtalk secret")
	feishu := robot(robottest.Feishu, `{"code":9499,"data":{},"msg":%s}`, "feishu key", "feishu secret")
	webhook := robot(robottest.Webhook, `%s`, "webhook key", "webhook secret")
	strange := before("strange", http.NotFoundHandler(), numbered, s["key of the robot nobody vouches for"]) +
		"/cgi-bin/webhook/send?key=" + s["key of the robot nobody vouches for"]
	f.mail = robottest.StartMail(t)
	f.mail.Script(mailSpites(s["mail password"])...)
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, f.mail.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	f.redis = redistest.Start(t, "--requirepass", s["redis password"])
	dsn, err := url.Parse(pgtest.Start(t).Database(t))
	if err != nil {
		t.Fatal(err)
	}
	if f.db, err = sql.Open("pgx", dsn.String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.db.Close() })
	dsn.User = url.UserPassword(dsn.User.Username(), s["postgres password"])
	cache, err := url.Parse(f.redis.URL())
	if err != nil {
		t.Fatal(err)
	}
	cache.User = url.UserPassword("default", s["redis password"])

	f.feed = stormOf(wecom)
	origin := httptest.NewServer(f.feed)
	t.Cleanup(origin.Close)
	f.origin = origin.URL
	ackAddr, intakeAddr := freeAddr(t), freeAddr(t)
	f.ack, f.intake = "http://"+ackAddr, "http://"+intakeAddr
	host, port := f.mail.Addr()
	f.config = configure(t, fmt.Sprintf(`
storage: {driver: postgres, url: {env: T_PG}}
redis: {url: {env: T_REDIS}, timeout: 2s}
fetch: {contact: test@example.invalid, per_host: 10ms, allow_private: [127.0.0.0/8]}
chat:
  targets:
    - {name: slack, kind: slack, channel: %[1]s, token: {env: T_SLACK}, app_token: {env: T_APP}, api_url: "%[2]s/api/", per_message: 10ms}
    - {name: slack2, kind: slack, channel: %[1]s, token: {env: T_SLACK2}, signing_secret: {env: T_SIGN}, api_url: "%[3]s/api/", per_message: 10ms}
    - {name: wecom, kind: wecom, webhook: {env: T_WECOM}, per_message: 10ms}
    - {name: strange, kind: wecom, webhook: {env: T_STRANGE}, per_message: 10ms}
    - {name: dingtalk, kind: dingtalk, webhook: {env: T_DING}, secret: {env: T_DINGSEC}, per_message: 10ms}
    - {name: feishu, kind: feishu, webhook: {env: T_FEISHU}, secret: {env: T_FEISHUSEC}, per_message: 10ms}
    - {name: webhook, kind: webhook, webhook: {env: T_HOOK}, secret: {env: T_HOOKSEC}, per_message: 10ms}
    - {name: mail, kind: email, host: %[4]s, port: %[5]d, user: huiying, password: {env: T_MAIL}, from: huiying@example.invalid, to: [duty@example.invalid], per_message: 10ms}
    - {name: screen, kind: console, per_message: 10ms}
ack: {addr: "%[6]s", public_url: "https://ack.huiying.invalid"}
intake: {addr: "%[7]s"}
web: {addr: "127.0.0.1:0", public_url: "%[8]s"}
log: {level: debug, format: json}
`, slacktest.Channel, slack1, slack2, host, port, ackAddr, intakeAddr, f.pages), fmt.Sprintf(`
sources:
  - {id: news, name: 新闻网, channel: news, kind: feed, every: 10s, url: "%s/feed.xml"}
  - {id: gone, name: 不通的网站, channel: news, kind: feed, every: 10s, url: "http://127.0.0.1:1/feed.xml"}
  - {id: hotline, name: 热线, channel: hotline, kind: intake, local: true, intake: {token: {env: T_INTAKE}}}
`, f.origin))
	f.receivers(map[string]string{
		"煤炭科": "wecom", "安全监督科": "dingtalk", "分管领导(煤炭)": "feishu", "局主要负责人": "mail",
		"油气科": "webhook", "分管领导(油气)": "slack2", "系统运行岗": "screen", "电力科": "strange",
	})
	f.env = []string{
		"T_PG=" + dsn.String(), "T_REDIS=" + cache.String(), "T_SLACK=" + s["slack bot token"], "T_APP=" + s["slack app token"],
		"T_SLACK2=" + s["slack bot token of the second"], "T_SIGN=" + s["slack signing secret"], "T_WECOM=" + wecom, "T_STRANGE=" + strange,
		"T_DING=" + dingtalk, "T_DINGSEC=" + s["dingtalk secret"], "T_FEISHU=" + feishu, "T_FEISHUSEC=" + s["feishu secret"],
		"T_HOOK=" + webhook, "T_HOOKSEC=" + s["webhook secret"], "T_MAIL=" + s["mail password"], "T_INTAKE=" + s["intake token"],
		"SSL_CERT_FILE=" + roots, "GOTRACEBACK=all",
	}
	return f
}

// mailSpites are what a mail server may say with a password in it.
func mailSpites(password string) []robottest.MailFault {
	plain := "AHVzZXI" // what AUTH PLAIN begins with
	return []robottest.MailFault{
		{At: ".", Close: true, Accept: true},
		{At: ".", Answer: "554 5.6.0 " + password},
		{At: ".", Answer: "451 4.3.0 " + strings.Repeat("x", 470) + password},
		{At: "AUTH", Answer: "535 5.7.8 wrong " + password},
		{At: "AUTH", Answer: "535 5.7.8 wrong " + plain + " " + strings.Repeat("x", 450) + password},
		{At: "AUTH", Answer: "334 " + password},
		{At: "RCPT", Answer: "550 5.1.1 " + password},
		{At: "RCPT", Answer: "450 4.2.0 " + password},
		{At: "MAIL", Answer: "553 5.1.8 " + password},
		{At: "DATA", Answer: "554 5.5.1 " + password},
		{At: "EHLO", Answer: "250-" + password + "\r\n250 " + password},
		{At: "STARTTLS", Answer: "454 4.7.0 " + password},
		{At: "STARTTLS", Answer: password},
	}
}

// receivers gives receivers of organisation.yaml their targets.
func (f *fortress) receivers(targets map[string]string) {
	f.t.Helper()
	name := filepath.Join(filepath.Dir(f.config), "organisation.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		f.t.Fatal(err)
	}
	for receiver, target := range targets {
		re := regexp.MustCompile(`(?s)(name: ` + regexp.QuoteMeta(receiver) + `[,\n].*?target: )\w+`)
		if !re.Match(text) {
			f.t.Fatalf("no receiver %s", receiver)
		}
		text = re.ReplaceAll(text, []byte("${1}"+target))
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// run runs a command to its end and keeps what it says.
func (f *fortress) run(env []string, args ...string) (stdout string) {
	f.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(program(f.t), append(args, "-c", f.config)...)
	cmd.Env = slices.Concat(os.Environ(), f.env, env)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		f.t.Fatal(err)
	}
	where := "huiying " + strings.Join(args, " ")
	f.hay.add(where+", stdout", out.String())
	f.hay.add(where+", stderr", errs.String())
	return out.String()
}

// get fetches a page and keeps it with its headers.
func (f *fortress) get(address string) (body string, status int) {
	f.t.Helper()
	return f.do(http.MethodGet, address, "", nil)
}

func (f *fortress) do(method, address, body string, header map[string]string) (answer string, status int) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	f.hay.add(method+" "+req.URL.Path, fmt.Sprint(resp.Header)+string(b))
	return string(b), resp.StatusCode
}

// TestNothingSecretIsTold runs the program among platforms that throw its secrets
// back at it in every way, with posts that try to speak through it, and looks
// through everything it has left: logs, the database, pages, digests, what every
// command prints, what the platforms got, and the stacks of its end.
func TestNothingSecretIsTold(t *testing.T) {
	t.Parallel()
	f := newFortress(t)
	out, errs := new(proctest.Output), new(proctest.Output)
	cmd := exec.Command(program(t), "run", "-c", f.config, "--data", f.data)
	cmd.Env = append(os.Environ(), f.env...)
	cmd.Stdout, cmd.Stderr = out, errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	await(t, time.Minute, func() (bool, string) {
		return strings.Contains(errs.String(), `"source read","source":"news"`), errs.String()
	})
	close(f.feed.open)
	await(t, time.Minute, func() (bool, string) {
		n := column(t, f.db, "SELECT count(*)::text FROM posts")[0]
		return n == fmt.Sprint(len(f.feed.posts)), n + " posts stored\n" + errs.String()
	})
	f.trouble()
	f.strangers()
	most := 2 * time.Minute
	if *secretsLong {
		most = 15 * time.Minute
	}
	await(t, most, func() (bool, string) {
		open := column(t, f.db, "SELECT id || ' ' || target || ' ' || state || ' ' || last_error FROM deliveries WHERE state NOT IN ('sent', 'failed') AND target <> 'strange'")
		return len(open) == 0, strings.Join(open, "\n")
	})
	page := regexp.MustCompile(`"page":"(http://[^"]+)"`).FindStringSubmatch(errs.String())
	if page == nil {
		t.Fatal("the log does not name the page")
	}
	f.crawl(page[1])
	f.commands()

	_ = cmd.Process.Signal(syscall.SIGQUIT)
	<-ended
	log, stacks, ok := strings.Cut(errs.String(), "SIGQUIT")
	if !ok || !strings.Contains(stacks, "goroutine ") {
		t.Error("it left no stacks")
	}
	f.hay.add("log", log)
	f.hay.add("stacks", stacks)
	f.hay.add("stdout", out.String())
	records(t, log)
	f.judge()
}

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

// ownToken is where slack-go puts the token of a request.
var ownToken = regexp.MustCompile(`(^|&)token=[^&]*`)

// judge looks through it all.
func (f *fortress) judge() {
	t := f.t
	t.Helper()
	keys := column(t, f.db, "SELECT value FROM keys WHERE name = 'ack'")
	if len(keys) != 1 {
		t.Fatalf("%d keys", len(keys))
	}
	f.hay.look("ack key", keys[0])
	for table, text := range dump(t, f.db, "keys") {
		f.hay.add("table "+table, text)
	}
	r := &reader{t: t, ours: []string{f.pages + "/", "https://ack.huiying.invalid/a/", f.origin + "/post/"}}
	links := map[string]bool{}
	sent := 0
	for name, s := range f.spites {
		for _, q := range s.seen() {
			for own, secret := range f.secrets {
				if !slices.Contains(s.secrets, secret) && strings.Contains(q.head, secret) {
					t.Errorf("%s was shown the %s", name, own)
				}
			}
			f.hay.add("sent to "+name, ownToken.ReplaceAllString(q.body, ""))
			for _, token := range regexp.MustCompile(`huiying\.invalid(?:/|%2F)a(?:/|%2F)([\w-]{30,})`).FindAllStringSubmatch(q.body, -1) {
				links[token[1]] = true
			}
			switch {
			case strings.HasPrefix(q.head, "/api/chat.postMessage"):
				r.slack(q.body)
			case strings.HasPrefix(name, "slack"):
				continue
			case name == "wecom":
				r.wecom(q.body)
			case name == "dingtalk":
				r.dingtalk(q.body)
			case name == "feishu":
				r.feishu(q.body)
			}
			sent++
		}
		if turned := len(s.seen()); turned < len(s.ways) && name != "strange" {
			t.Errorf("%s answered %d times, it knows %d ways to answer badly", name, turned, len(s.ways))
		}
	}
	for _, raw := range f.mail.Mails() {
		f.hay.add("sent to mail", raw+r.mail(raw, "duty@example.invalid"))
		sent++
	}
	if n := len(f.away.seen()); n > 0 {
		t.Errorf("%d requests were sent where a platform redirected to", n)
	}
	for token := range links {
		for _, where := range []string{"log", "stacks", "stdout"} {
			if strings.Contains(f.hay.texts[where], token) {
				t.Errorf("%s: the token of a link stands there", where)
			}
		}
	}
	if told := column(t, f.db, "SELECT id FROM notices WHERE id LIKE 'W-leak-%'"); len(told) != 1 {
		t.Errorf("told of a secret in a post by %v, want one notice", told)
	}
	if len(links) < 50 || len(f.mail.Mails()) < 10 {
		t.Errorf("%d links and %d mails were sent", len(links), len(f.mail.Mails()))
	}
	found := f.hay.report(t)
	t.Logf("secrets=%d forms=%d places=%d bytes=%d messages=%d texts=%d found=%d mentions=%d foreign=%d",
		len(f.secrets)+1, len(f.hay.needles), len(f.hay.texts), f.hay.size(), sent, r.read, found, r.mentions, r.foreign)
}

// records holds every line of a log to be one record.
func records(t *testing.T, log string) {
	t.Helper()
	for line := range strings.Lines(log) {
		var record struct {
			Time  time.Time
			Level string
			Msg   string
		}
		if err := json.Unmarshal([]byte(line), &record); err != nil || record.Time.IsZero() || record.Level == "" || record.Msg == "" {
			t.Errorf("no record: %q", line)
		}
		if record.Msg == "forged" {
			t.Errorf("a post wrote a record: %q", line)
		}
	}
}
