package configs

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"huiying/configs/yamlcheck"
)

// loadSources loads the shipped configuration with other sources and, in front of
// its intake section, other settings.
func loadSources(t *testing.T, sources, addr string) (*Config, []string) {
	t.Helper()
	files := fstest.MapFS{}
	for name := range shippedTexts(t) {
		data, err := FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	files["sources.yaml"] = &fstest.MapFile{Data: []byte("sources:\n" + sources)}
	files["token"] = &fstest.MapFile{Data: []byte("0123456789abcdef0123\n")}
	files["short"] = &fstest.MapFile{Data: []byte("secret\n")}
	if addr != "" {
		text := string(files["huiying.yaml"].Data)
		if !strings.Contains(text, "  addr: \"\" ") {
			t.Fatal("huiying.yaml has no addr to set")
		}
		files["huiying.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(text, "  addr: \"\" ", "  addr: "+addr+" ", 1))}
	}
	c, err := LoadFS(files, "huiying.yaml")
	var problems yamlcheck.Problems
	if err != nil && !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var out []string
	for _, p := range problems {
		out = append(out, p.String())
	}
	return c, out
}

func TestOfficialSources(t *testing.T) {
	t.Parallel()
	const head = "  - {id: a, name: 本局网站, channel: portal, kind: page, url: \"https://b.example.invalid/\", "
	for name, tc := range map[string]struct {
		tail string
		want string
	}{
		"role":      {"role: official}", ""},
		"old way":   {"official: true}", ""},
		"both":      {"role: official, official: true}", ""},
		"at odds":   {"role: official, official: false}", "sources.yaml:2:115: sources[a].official: role 是 official, 这里又写 false; 删掉 official 这一行"},
		"other one": {"role: oficial}", "sources.yaml:2:95: sources[a].role: 没有“oficial”这个选项; 有这些: official; 您是不是想写: official"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, problems := loadSources(t, head+tc.tail+"\n", "")
			if diff := cmp.Diff(tc.want, strings.Join(problems, "\n")); diff != "" {
				t.Fatal(diff)
			}
			if c != nil && !c.Sources[0].Official {
				t.Error("not official")
			}
		})
	}
}

func TestIntakeSources(t *testing.T) {
	t.Parallel()
	const head = "  - id: hot\n    name: 热线\n    channel: hotline\n    kind: intake\n"
	for name, tc := range map[string]struct{ rest, addr, want string }{
		"by hand":    {"", "", ""},
		"all doors":  {"    intake:\n      drop: drop\n      token: {file: token}\n      columns: {诉求详情: body, 单位: none, 处室: none}\n", "10.1.2.3:8421", ""},
		"no door":    {"    intake:\n      token: {file: token}\n", "", "sources.yaml:7:14: sources[hot].intake.token: 写了令牌, 但接口没有打开; 在 huiying.yaml 里写 intake: {addr: \"127.0.0.1:8421\"}, 或删掉 token"},
		"no secret":  {"    intake:\n      token: {file: nowhere}\n", "127.0.0.1:1", "sources.yaml:7:14: sources[hot].intake.token: 密钥文件 nowhere 读不了; 检查路径和权限"},
		"not in use": {"    enabled: false\n    intake:\n      token: {file: nowhere}\n", "", ""},
		"short":      {"    intake:\n      token: {file: short}\n", "127.0.0.1:1", "sources.yaml:7:14: sources[hot].intake.token: 令牌太短, 容易被猜中; 换成 16 个以上的随机字符, 如 openssl rand -hex 24 的输出"},
		"in clear":   {"    intake:\n      token: 0123456789abcdef0123\n", "127.0.0.1:1", "sources.yaml:7:14: sources[hot].intake.token: 密钥不能直接写在文件里; 写成 {env: 变量名} 或 {file: 路径}"},
		"address":    {"    url: https://x.example.invalid/\n", "", "sources.yaml:6:10: sources[hot].url: kind 是 intake, 没有网址可读; 删掉它, 或改成 kind: page"},
		"twice":      {"    intake:\n      columns: {甲: body, 乙: body}\n", "", "sources.yaml:7:20: sources[hot].intake.columns.甲: “乙”和“甲”都写成 body; 一个字段只留一列, 另一列写 none"},
		"to all":     {"", "0.0.0.0:8421", "huiying.yaml:LINE: intake.addr: 接口不加密, 只能开在本机或内网地址上; 写成 127.0.0.1:8421, 外面要用就在前面放一个 HTTPS 反向代理"},
		"no port":    {"", "localhost", "huiying.yaml:LINE: intake.addr: “localhost”不是监听地址; 写成 127.0.0.1:8421"},
		"one drop": {
			"    intake: {drop: a/}\n  - {id: b, name: 二, channel: press, kind: intake, intake: {drop: a}}\n", "",
			"sources.yaml:7:67: sources[b].intake.drop: 和来源“热线”用了同一个投递目录; 每个来源用自己的目录",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := loadSources(t, head+tc.rest, tc.addr)
			got := strings.Join(problems, "\n")
			if at := strings.Index(got, ": intake.addr"); at > 0 {
				got = "huiying.yaml:LINE" + got[at:]
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEngineSettings(t *testing.T) {
	t.Parallel()
	const page = "  - id: a\n    name: 甲\n    channel: qa\n    url: https://a.example.invalid/\n    kind: page\n    page:\n"
	jsonSource := strings.Replace(strings.Replace(page, "page\n", "json\n", 1), "    page:\n", "    json:\n      preset: wenzheng\n", 1)
	for name, tc := range map[string]struct{ text, want string }{
		"selector":     {page + "      links: \"ul.list > a[\"\n", "sources.yaml:8:14: sources[a].page.links: “ul.list > a[”不是 CSS 选择器; 写成 div.content 或 #main h1 这样; 拿不准就删掉这一行, 由程序自己找"},
		"selectors":    {page + "      links: \"ul.list a, #more a\"\n      next: a.next\n", ""},
		"who wrote it": {jsonSource + "      title: user.screen_name\n", "sources.yaml:9:14: sources[a].json.title: “user.screen_name”里的 user 指向发帖人; 谁发的一律不读; 换成帖子本身的字段"},
		"users' words": {jsonSource + "      body: userContent,data.body\n", ""},
		"no pages":     {jsonSource + "      param: p\n", "sources.yaml:9:14: sources[a].json.param: 写了翻页, 但 pages 是 1, 不会翻; 补上 pages: 3 这样, 或删掉它"},
		"pages":        {jsonSource + "      param: p\n      pages: 3\n", ""},
		"braces":       {jsonSource + "      url: \"/t/{tid}\"\n", "sources.yaml:9:12: sources[a].json.url: “/t/{tid}”里的大括号不认识; 编号的位置写 {id}, 如 /thread/{id}.html"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := loadSources(t, tc.text, "")
			if diff := cmp.Diff(tc.want, strings.Join(problems, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
