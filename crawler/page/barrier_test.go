package page_test

import (
	"slices"
	"strings"
	"testing"

	"huiying/crawler"
	"huiying/internal/origintest"
)

// walls are what stands in place of content.
func walls() map[string]origintest.Answer {
	return map[string]origintest.Answer{
		"slider":       origintest.Text(`<html><title>访问验证</title><body><div id="nc_1_wrapper">请按住滑块，拖动到最右边</div></body></html>`),
		"image":        origintest.Text(`<html><body><p>为了您的账号安全，请输入图中的验证码</p><img src="/vcode.jpg"><input name=code></body></html>`),
		"too often":    origintest.Text(`<html><title>提示信息</title><body><p>您的访问过于频繁，请稍后再试。</p></body></html>`),
		"firewall":     origintest.Text(`<html><title>403</title><body><h1>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</h1><p>您的请求ID是: 0a1b</p></body></html>`),
		"log-in":       origintest.Text(`<html><title>用户登录</title><body><form><input name=u><input type=password name=p><button>登 录</button></form></body></html>`),
		"forum log-in": origintest.Text(`<html><title>提示信息 - 某论坛</title><body><div id="messagetext" class="alert_error"><p>抱歉，您尚未登录，没有权限访问该版块</p></div></body></html>`),
		"refresh":      origintest.Text(`<html><head><meta http-equiv="refresh" content="0;url=/passport/login?from=x"></head><body></body></html>`),
		"cookie": origintest.Text(`<html><body><script>var x="@x@".replace(/x/g,"");document.cookie='__jsl_clearance=1;Max-age=3600';location.href=location.pathname+location.search;` +
			strings.Repeat("var a=1;", 20) + `</script></body></html>`),
		"412":       {Status: 412, Type: "text/html", Body: []byte(`<html><script>$_ts={}</script></html>`)},
		"521":       {Status: 521, Type: "text/html", Body: []byte(`<script>document.cookie="a"</script>`)},
		"cloud":     origintest.Text(`<html><head><title>Just a moment...</title></head><body><div>Checking your browser before accessing</div></body></html>`),
		"flat text": origintest.Text(`<html><title>安全验证</title><body>` + strings.Repeat("<div>", 600) + `请完成安全验证`),
	}
}

func TestWallInPlaceOfArticle(t *testing.T) {
	t.Parallel()
	for name, wall := range walls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.opts.Links = "li a"
			b.origin.On("/news/", origintest.Text(listOf("/a/1", "/a/2")))
			b.origin.On("/a/1", wall)
			b.origin.On("/a/2", wall)
			rep, paths, err := b.collect(t.Context())
			if err != nil || len(paths) != 0 || rep.Trouble != crawler.Blocked || rep.Failed != 2 {
				t.Errorf("%v, %v, %+v", paths, err, rep)
			}
		})
	}
}

func TestWallInPlaceOfList(t *testing.T) {
	t.Parallel()
	for name, wall := range walls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.origin.On("/news/", wall)
			if _, _, err := b.collect(t.Context()); crawler.TroubleOf(err) != crawler.Blocked {
				t.Errorf("trouble %q, error %v", crawler.TroubleOf(err), err)
			}
		})
	}
	t.Run("a redirect to the log-in page", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		b.origin.On("/news/", origintest.Redirect("/sso/login?service=x"))
		b.origin.On("/sso/login?service=x", origintest.Text("<html><body><div id=app></div></body></html>"))
		if _, _, err := b.collect(t.Context()); crawler.TroubleOf(err) != crawler.Blocked {
			t.Errorf("error %v", err)
		}
	})
}

// TestArticlesAboutWalls holds real articles apart from what they tell about.
func TestArticlesAboutWalls(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"/a/1": `<html><title>购票网站启用滑块验证_某网</title><body><h1>购票网站启用滑块验证</h1><div>2026-11-20 08:00 来源：某网</div><p>记者登录后看到，用户须拖动滑块完成安全验证才能查看余票。</p></body></html>`,
		"/a/2": `<html><title>我市政务服务网访问异常_某网</title><body><h1>我市政务服务网访问异常</h1><p>今天上午，不少市民反映政务服务网打不开，页面提示访问过于频繁。技术人员表示，系统遭到大量异常访问，已启用验证码。目前服务正在恢复。市民可以先到窗口办理业务，工作人员会引导填表。</p></body></html>`,
		"/a/3": `<html><title>停气通知</title><body><h1>停气通知</h1><p>因管线碰口，明日八时至二十时桃园小区停气。</p><form><input type=hidden>请登录后评论</form></body></html>`,
		"/a/4": `<html><title>关于网上缴费须实名认证的通告_某燃气公司</title><body><div class="top"><a href="/login">登录</a><a href="/reg">注册</a></div><h1>关于网上缴费须实名认证的通告</h1><p class="d">2026年11月18日</p><p>自十二月一日起，用户须先登录并输入手机验证码后才能缴费。</p></body></html>`,
	}
	b := newBench(t)
	b.opts.Links = "li a"
	b.origin.On("/news/", origintest.Text(listOf("/a/1", "/a/2", "/a/3", "/a/4")))
	for p, text := range pages {
		b.origin.On(p, origintest.Text(text))
	}
	rep, paths, err := b.collect(t.Context())
	if err != nil || !slices.Equal(paths, []string{"/a/1", "/a/2", "/a/3", "/a/4"}) || rep.Trouble != "" {
		t.Errorf("%v, %v, %+v", paths, err, rep)
	}
}
