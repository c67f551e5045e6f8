package extract_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler/extract"
	"huiying/internal/zh"
)

func now() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, zh.Beijing()) }

// prose is long enough to be an article by any measure.
const prose = `<p>11月20日上午，长治市上党区一处供热管线发生泄漏，约两千户居民家中停暖。接到报修后，供热公司立即组织抢修人员赶赴现场处置。</p>
<p>截至当日下午，破损管段已经更换完毕，正在逐步恢复供热。市能源局提醒居民注意室内温度变化，如有异常请拨打服务热线。</p>`

const proseText = `11月20日上午，长治市上党区一处供热管线发生泄漏，约两千户居民家中停暖。接到报修后，供热公司立即组织抢修人员赶赴现场处置。
截至当日下午，破损管段已经更换完毕，正在逐步恢复供热。市能源局提醒居民注意室内温度变化，如有异常请拨打服务热线。`

func TestRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		page, url string
		opts      extract.Options
		want      extract.Article
		published string
	}{
		"government page declares itself": {
			page: `<html><head><title>关于供热管线抢修的通报 - 长治市某某局门户网站</title>
				<meta name="ArticleTitle" content="关于供热管线抢修的通报"><meta name="PubDate" content="2026-11-20 14:05"><meta name="ContentSource" content="长治日报">
				</head><body><div class="crumb"><a href="/">首页</a> 通报</div><h1>长治市某某局</h1><h2>关于供热管线抢修的通报</h2>
				<div class="info">时间：2026-11-20 14:05 来源：长治日报</div><div class="TRS_Editor">` + prose + `</div>
				<div class="footer">版权所有 主办：长治市某某局 网站标识码1400000000</div></body></html>`,
			want:      extract.Article{Title: "关于供热管线抢修的通报", Body: proseText, Origin: "长治日报"},
			published: "2026-11-20T14:05:00+08:00",
		},
		"year month day in Chinese, origin in the next element": {
			page: `<html><head><title>供热管线抢修完成_本地要闻_某某新闻网</title></head><body><h1>供热管线抢修完成</h1>
				<div class="sub"><span>2026年11月20日 14:05</span><span>来源：</span><a href="http://x">新华社</a></div><div>` + prose + `</div></body></html>`,
			want:      extract.Article{Title: "供热管线抢修完成", Body: proseText, Origin: "新华社"},
			published: "2026-11-20T14:05:00+08:00",
		},
		"related articles, comments and editors are not the text": {
			page: `<html><head><title>供热管线抢修完成-某某网</title></head><body><h1>供热管线抢修完成</h1><p>2026/11/20 08:30:01</p><div class="article">` + prose +
				`<p>（责任编辑：某某）</p></div><div class="box"><h3>相关阅读</h3><ul><li><a href="/a">某矿发生透水事故救援正在进行</a></li><li><a href="/b">明年气价听证会公告发布</a></li></ul></div>
				<div id="comment-list"><p>网友甲：我家停电三天了没人管，到底什么时候恢复啊</p></div></body></html>`,
			want:      extract.Article{Title: "供热管线抢修完成", Body: proseText},
			published: "2026-11-20T08:30:01+08:00",
		},
		"time from the address when the page has none": {
			page:      `<html><head><title>供热管线抢修完成</title></head><body><h1>供热管线抢修完成</h1><div>` + prose + `</div></body></html>`,
			url:       "http://news.example.cn/html/2026-11/20/content_1.htm",
			want:      extract.Article{Title: "供热管线抢修完成", Body: proseText, URL: "http://news.example.cn/html/2026-11/20/content_1.htm"},
			published: "2026-11-20T00:00:00+08:00",
		},
		"day from the page, clock from the metas of the same day": {
			page: `<html><head><title>供热管线抢修完成</title><meta property="article:published_time" content="2026-11-20T06:05:00Z"></head>
				<body><h1>供热管线抢修完成</h1><span class="date">2026-11-20</span><div>` + prose + `</div></body></html>`,
			want:      extract.Article{Title: "供热管线抢修完成", Body: proseText},
			published: "2026-11-20T14:05:00+08:00",
		},
		"a future time and a day without a year are not believed": {
			page: `<html><head><title>供热管线抢修完成</title><meta name="publishdate" content="2027-11-20"></head>
				<body><h1>供热管线抢修完成</h1><span class="date">11-20 08:00</span><div>` + prose + `</div></body></html>`,
			want: extract.Article{Title: "供热管线抢修完成", Body: proseText},
		},
		"a date in the headline or deep in the text is not the time": {
			page: `<html><head><title>2026年12月1日起执行新气价_某某网</title></head><body><h1>2026年12月1日起执行新气价</h1><div>` + prose +
				`<p>2019年3月5日，本市首次调整居民用气价格，此后七年没有变动过，市民对此普遍表示理解和支持，相关部门表示会继续做好解释工作，也欢迎市民监督这项工作。</p></div></body></html>`,
			want: extract.Article{Title: "2026年12月1日起执行新气价", Body: proseText +
				"\n2019年3月5日，本市首次调整居民用气价格，此后七年没有变动过，市民对此普遍表示理解和支持，相关部门表示会继续做好解释工作，也欢迎市民监督这项工作。"},
		},
		"the text stands only in a script": {
			page: `<html><head><title>供热管线抢修完成</title></head><body><div id="app"></div><script>var BASE = {articleInfo: {title: '供热管线抢修完成',
				content: '&lt;p&gt;11月20日上午，长治市上党区一处供热管线发生泄漏，约两千户居民家中停暖。\u003Cbr\u003E接到报修后，抢修人员赶赴现场。&lt;/p&gt;'.slice(6),
				time: '2026-11-20 14:05:33'}}</script></body></html>`,
			want:      extract.Article{Title: "供热管线抢修完成", Body: "11月20日上午，长治市上党区一处供热管线发生泄漏，约两千户居民家中停暖。\n接到报修后，抢修人员赶赴现场。"},
			published: "2026-11-20T14:05:33+08:00",
		},
		"selectors of the site come first": {
			page: `<html><head><title>杂项</title></head><body><b class="t">供热管线抢修完成</b><i class="d">20261120</i><u class="o">来源：本报</u>
				<div class="x">第一段。</div><div class="y">` + prose + `</div><div class="x">第二段。</div></body></html>`,
			opts:      extract.Options{TitleSelector: ".t", BodySelector: ".x", DateSelector: ".d", OriginSelector: ".o"},
			want:      extract.Article{Title: "供热管线抢修完成", Body: "第一段。\n第二段。", Origin: "本报"},
			published: "2026-11-20T00:00:00+08:00",
		},
		"relative time only by the site's selector": {
			page:      `<html><head><title>供热管线抢修完成</title></head><body><h1>供热管线抢修完成</h1><i class="d">昨天 18:30</i><div>` + prose + `</div></body></html>`,
			opts:      extract.Options{DateSelector: ".d"},
			want:      extract.Article{Title: "供热管线抢修完成", Body: proseText},
			published: "2026-11-22T18:30:00+08:00",
		},
		"a selector that matches nothing is passed over": {
			page: `<html><head><title>供热管线抢修完成</title></head><body><h1>供热管线抢修完成</h1><div>` + prose + `</div></body></html>`,
			opts: extract.Options{TitleSelector: ".gone", BodySelector: ".gone", DateSelector: ".gone", OriginSelector: ".gone"},
			want: extract.Article{Title: "供热管线抢修完成", Body: proseText},
		},
		"an author beside the time is nobody's origin": {
			page:      `<html><head><title>供热管线抢修完成</title></head><body><h1>供热管线抢修完成</h1><div class="info"><span>某某某</span><span>2026-11-20 14:05</span></div><div>` + prose + `</div></body></html>`,
			want:      extract.Article{Title: "供热管线抢修完成", Body: proseText},
			published: "2026-11-20T14:05:00+08:00",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.opts.Now = now()
			got, err := extract.Read(tt.page, tt.url, tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			stamp := ""
			if !got.Published.IsZero() {
				stamp = got.Published.Format(time.RFC3339)
			}
			if stamp != tt.published {
				t.Errorf("published %q, want %q", stamp, tt.published)
			}
			if headed := !strings.Contains(name, "only in a script"); got.Headed != headed {
				t.Errorf("headed %v, want %v", got.Headed, headed)
			}
			got.Published, got.Headed = time.Time{}, false
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadTooDeep(t *testing.T) {
	t.Parallel()
	page := `<html><head><title>通报_某某网</title><meta name="PubDate" content="2026-11-20 14:05"></head><body>` +
		strings.Repeat("<div>", 600) + "某矿发生透水事故，12人被困 &amp;lt; 井下" + strings.Repeat("</div>", 600) + "<script>不是正文</script></body></html>"
	got, err := extract.Read(page, "", extract.Options{Now: now()})
	if err != nil {
		t.Fatal(err)
	}
	if !got.Flat || !strings.Contains(got.Body, "12人被困 &lt; 井下") || strings.Contains(got.Body, "不是正文") {
		t.Errorf("body not searched as plain text: %+v", got)
	}
	if want := time.Date(2026, 11, 20, 14, 5, 0, 0, zh.Beijing()); !got.Published.Equal(want) {
		t.Errorf("published %v, want %v", got.Published, want)
	}
}

func TestReadSprawling(t *testing.T) {
	t.Parallel()
	page := "<html><title>通报</title><body>" + strings.Repeat(`<div class="title">某矿`, 500) + strings.Repeat("<p>12人被困</p>", 4000)
	began := time.Now()
	got, err := extract.Read(page, "", extract.Options{Now: now()})
	if err != nil || !got.Flat || !strings.Contains(got.Body, "12人被困") {
		t.Errorf("flat %v, error %v", got.Flat, err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		page string
		opts extract.Options
		want string
	}{
		"not CSS": {page: "<p>某某</p>", opts: extract.Options{BodySelector: "div[["}, want: "body selector"},
		"no text": {page: "<html><body><img src=x></body></html>", want: "no text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := extract.Read(tt.page, "", tt.opts)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add("<html><title>某某_网</title><p>2026年11月20日 14:05 来源：某网<script>content:'\\u4e2d'</script>")
	f.Fuzz(func(_ *testing.T, page string) {
		_, _ = extract.Read(page, "http://example.cn/", extract.Options{Now: now()})
	})
}
