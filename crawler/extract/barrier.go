package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// Barrier says what stands in place of a page's content; "" is no barrier.
type Barrier string

// The barriers.
const (
	// Captcha asks a person to prove that they are one.
	Captcha Barrier = "captcha"
	// Login asks for an account.
	Login Barrier = "login"
	// Challenge is a script that a browser must run first, and nothing else.
	Challenge Barrier = "challenge"
	// Firewall refuses us: too often, too suspicious.
	Firewall Barrier = "firewall"
)

// Chinese tells an operator what stands there and what to do.
func (w Barrier) Chinese() string {
	switch w {
	case Captcha:
		return "网站给的是验证码页，不是内容。请人工打开核对，放慢抓取，或改用订阅源。"
	case Login:
		return "网站给的是登录页，不是内容。不登录看不到的不抓取，请换成公开的网址。"
	case Challenge:
		return "网站给的是浏览器校验脚本，不是内容。请联系网站主管单位放行，或改用订阅源。"
	case Firewall:
		return "网站的防火墙拦下了我们，给的不是内容。请放慢抓取，或联系网站主管单位放行。"
	}
	return ""
}

var (
	captchaText = regexp.MustCompile(`(?i)(?:安全|人机|访问|滑动|滑块|拼图|图形|行为|真人)验证|请(?:您|先)*(?:完成|进行|点击|通过|拖动).{0,8}验证|(?:拖动|向右滑动|按住).{0,6}滑块|输入.{0,8}验证码|验证您是(?:真人|人类)|just a moment|verify (?:that )?you are (?:a )?human|checking (?:if the site connection is secure|your browser)`)
	refusalText = regexp.MustCompile(`(?i)(?:访问|请求|操作)(?:过于|太过?)频繁|访问(?:行为)?(?:异常|受限|(?:已?被)(?:拦截|阻断|拒绝|禁止))|(?:请求|访问).{0,8}被.{0,10}(?:拦截|阻断|禁止)|(?:检测到|存在).{0,10}异常(?:访问|流量|请求|行为)|网络环境(?:存在)?异常|access denied|(?:应用|网站)防火墙|当前(?:访问|网络).{0,10}(?:风险|威胁|异常)`)
	loginText   = regexp.MustCompile(`(?:请|需要?|须)(?:您|先|重新|要)*\s*登[录陆]|登[录陆]后(?:才能|方可|即可|可以?|再|继续)*(?:查看|阅读|浏览|访问|继续)|(?:尚未|没有|未)登[录陆]|没有权限(?:访问|查看|浏览)|(?:用户|账号|密码|扫码|会员|统一身份)(?:登[录陆]|认证)`)
	barrierURL  = regexp.MustCompile(`(?i)[/.=](?:login|signin|passport|sso|cas|captcha|verify|antispider|antibot|waf|challenge)(?:[/.?&_-]|$)`)
)

// challenges are what the scripts of well-known bot walls contain.
func challenges() []string {
	return []string{
		"__jsl_clearance", "acw_sc__v", "_cf_chl", "cdn-cgi/challenge-platform", "$_ts", "__tst_status", "eo_bot_ssid", "wafcookie",
		"_guard/", "geetest", "tcaptcha", "aliyuncaptcha", "awsc", "nocaptcha",
	}
}

// barrier tells what stands in place of the content of a page with next to no text.
// Articles about captchas pass: they have a headline and a time, or sentences.
func (d *document) barrier(a Article) Barrier {
	size := han(a.Body)
	if size >= 120 || a.Headed && !a.Published.IsZero() && size >= 20 || size >= 60 && strings.Count(a.Body, "。") >= 3 {
		return ""
	}
	var seen strings.Builder
	seen.WriteString(d.titleTag())
	for _, r := range d.runs {
		if seen.Len() > 4000 {
			break
		}
		if d.parts[r.part].linked == 0 {
			seen.WriteByte('\n')
			seen.WriteString(r.text)
		}
	}
	text := seen.String()
	switch {
	case size < 20 && d.challenged(len(text)):
		return Challenge
	case captchaText.MatchString(text):
		return Captcha
	case refusalText.MatchString(text):
		return Firewall
	case d.password() && size < 80, asksLogin(a):
		return Login
	}
	if _, to, ok := strings.Cut(strings.ToLower(d.metas["refresh"]), "url"); ok && size < 60 && barrierURL.MatchString(to) {
		return Login
	}
	return ""
}

// toComment is the log-in that a site asks of who wants to write, not to read.
var toComment = regexp.MustCompile(`(?:请|需要?|须)?(?:您|先)*\s*登[录陆](?:后|以后|才能|方可|可以?|再|即可|发表|参与|进行)*(?:评论|回复|留言|发言|跟帖|点赞|收藏|关注|互动)`)

func asksLogin(a Article) bool {
	return loginText.MatchString(a.Title) || loginText.MatchString(toComment.ReplaceAllString(a.Body, ""))
}

// flatBarrier is barrier for a page that was not searched for its parts.
func flatBarrier(a Article) Barrier {
	switch text := a.Title + "\n" + a.Body; {
	case han(a.Body) >= 60:
		return ""
	case captchaText.MatchString(text):
		return Captcha
	case refusalText.MatchString(text):
		return Firewall
	case asksLogin(a):
		return Login
	}
	return ""
}

// challenged tells whether a page is only a script for the browser to run; seen
// is the length of its visible text in bytes.
func (d *document) challenged(seen int) bool {
	if seen > 300 {
		return false
	}
	for _, s := range d.scripts {
		low := strings.ToLower(s[:min(len(s), 1<<16)])
		for _, c := range challenges() {
			if strings.Contains(low, c) {
				return true
			}
		}
		if strings.Contains(low, "document.cookie") && (strings.Contains(low, "location.reload") || strings.Contains(low, "location.href") || strings.Contains(low, "location.replace")) {
			return true
		}
	}
	for i := range d.parts {
		if n := d.parts[i].node; n.Data == "script" && n.Type == html.ElementNode {
			src := strings.ToLower(attr(n, "src"))
			for _, c := range challenges() {
				if strings.Contains(src, c) {
					return true
				}
			}
		}
	}
	return false
}

func (d *document) password() bool {
	for i := range d.parts {
		if n := d.parts[i].node; n.Data == "input" && strings.EqualFold(attr(n, "type"), "password") && !d.parts[i].hidden {
			return true
		}
	}
	return false
}

// IsBarrierURL tells whether an address to which a site led us is that of a log-in or
// captcha page.
func IsBarrierURL(address string) bool { return barrierURL.MatchString(address) }
