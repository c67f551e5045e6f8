package configs

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"huiying/configs/yamlcheck"
)

// checkSettings holds huiying.yaml to what its types cannot say.
func (l *loader) checkSettings(path string) {
	if l.settings == nil {
		return
	}
	d, s := l.settings, &l.config.Settings
	if c := s.Fetch.Contact; c != "" && !strings.Contains(c, "@") && !httpURL(c) {
		d.Ref("fetch.contact", "“"+yamlcheck.Short(c)+"”不是网址也不是邮箱", "写本局的网址或值班邮箱")
	}
	if s.Storage.Driver == "postgres" {
		l.secret(path, "storage.url", &s.Storage.URL, "postgres://", "postgresql://")
		if !d.Written("storage.url") {
			d.Ref("storage.driver", "用 postgres 就要写 storage.url", "补上 url: {env: HUIYING_DATABASE_URL}")
		}
	}
	l.secret(path, "redis.url", &s.Redis.URL, "redis://", "rediss://", "unix://")
	l.checkHeartbeat(path)
	l.checkClocks()
	l.checkLadder()
	l.checkAck()
	l.checkTargets(path)
	l.checkWeb()
	l.checkIntakeAddr()
	names := l.config.Organisation.Told()
	if l.organisation != nil && yamlcheck.UnknownTo(names, s.Digest.Receiver) {
		d.Ref("digest.receiver", "organisation.yaml 里没有“"+s.Digest.Receiver+"”", yamlcheck.Suggest(s.Digest.Receiver, names))
	}
}

// secret resolves a secret address and holds it to its schemes; it never prints it.
func (l *loader) secret(path, key string, s *Secret, schemes ...string) {
	if why, remedy := s.resolve(l.tree, path); why != "" {
		l.settings.Ref(key, why, remedy)
		return
	}
	if s.value != "" && !slices.ContainsFunc(schemes, func(x string) bool { return strings.HasPrefix(s.value, x) }) {
		l.settings.Ref(key, "地址的开头不对", "要以 "+strings.Join(schemes, " 或 ")+" 开头")
	}
}

// checkClocks refuses deadlines longer than the mechanism's.
func (l *loader) checkClocks() {
	c := l.config.Clocks
	for _, k := range []struct {
		key        string
		got, limit time.Duration
		law        string
	}{
		{"first_release", c.FirstRelease, time.Hour, "机制第三条: 特别重大、重大事件 1 小时内首次发布"},
		{"press_conference", c.PressConference, 24 * time.Hour, "机制第三条: 特别重大、重大事件 24 小时内开新闻发布会"},
		{"answer", c.Answer, 48 * time.Hour, "机制第三条: 其他舆情 48 小时内答复"},
		{"ungraded_after", c.UngradedAfter, 15 * time.Minute, "待定满 15 分钟要报告局主要负责人"},
	} {
		if k.got > k.limit {
			l.settings.Ref("clocks."+k.key, "时限 "+brief(k.got)+" 比规定的长: "+k.law, "写 "+brief(k.limit)+" 或更短")
		}
	}
	for _, k := range []struct {
		key         string
		soon, clock time.Duration
	}{
		{"first_release", c.DueSoon.FirstRelease, c.FirstRelease},
		{"press_conference", c.DueSoon.PressConference, c.PressConference},
		{"answer", c.DueSoon.Answer, c.Answer},
	} {
		if k.soon < k.clock {
			continue
		}
		key := "clocks.due_soon." + k.key
		if !l.settings.Written(key) {
			key = "clocks." + k.key
		}
		l.settings.Ref(key, "提醒提前 "+brief(k.soon)+", 不比时限 "+brief(k.clock)+" 短", "把 due_soon."+k.key+" 写短一些")
	}
}

// brief is a duration without zero parts: 1h, 90m as 1h30m.
func brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// checkWeb refuses addresses that others could reach: there are no accounts yet.
func (l *loader) checkWeb() {
	w := l.config.Web
	host, _, err := net.SplitHostPort(w.Addr)
	ip, ipErr := netip.ParseAddr(host)
	switch {
	case err != nil:
		l.settings.Ref("web.addr", "“"+yamlcheck.Short(w.Addr)+"”不是监听地址", "写成 127.0.0.1:8420")
	case host != "localhost" && (ipErr != nil || !ip.IsLoopback()):
		l.settings.Ref("web.addr", fmt.Sprintf("现在还没有账号, 网页只能在本机打开, 不能监听 %q", host), "写成 127.0.0.1:8420")
	}
	if !httpURL(w.PublicURL) {
		l.settings.Ref("web.public_url", "“"+yamlcheck.Short(w.PublicURL)+"”不是网址", "写成 http://127.0.0.1:8420 这样")
	}
}

func httpURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
