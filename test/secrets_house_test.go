package test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"huiying/internal/pgtest"
	"huiying/internal/redistest"
	"huiying/internal/robottest"
	"huiying/internal/seedtest"
	"huiying/internal/slacktest"
)

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

func newFortress(t *testing.T) *fortress {
	t.Helper()
	chance := seedtest.New(t)
	random := func(prefix string) string {
		text := make([]byte, 38)
		for i := range text {
			text[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[chance.IntN(32)]
		}
		return prefix + string(text)
	}
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
