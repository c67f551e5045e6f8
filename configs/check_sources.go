package configs

import (
	"net/url"
	"strconv"
	"strings"

	"huiying/configs/yamlcheck"
)

// checkSources holds sources.yaml to what its types cannot say.
func (l *loader) checkSources() {
	d := l.sources
	if d == nil {
		return
	}
	ids, names := map[string]string{}, map[string]string{}
	for i := range l.config.Sources {
		s, key := &l.config.Sources[i], "sources["+strconv.Itoa(i)+"]"
		if s.ID != "" && strings.Trim(s.ID, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			d.Ref(key+".id", "编号“"+yamlcheck.Short(s.ID)+"”里有别的字符", "只用小写字母、数字和横杠, 如 changzhi-gov")
		}
		unique(d, ids, key+".id", "编号", s.ID)
		unique(d, names, key+".name", "名称", s.Name)
		if s.EveryMax != 0 && s.EveryMax < s.Every {
			d.Ref(key+".every_max", "every_max "+s.EveryMax.String()+" 比 every "+s.Every.String()+" 还短", "写成不小于 every 的时间")
		}
		if s.Role == "official" {
			if d.Written(key+".official") && !s.Official {
				d.Ref(key+".official", "role 是 official, 这里又写 false", "删掉 official 这一行")
			}
			s.Official = true
		}
		checkAddresses(d, key, *s)
		checkKind(d, key, *s)
		checkEngine(d, key, s)
		l.checkIntake(key, s)
	}
}

// unique reports a name that an earlier entry took.
func unique(d *yamlcheck.Decoder, seen map[string]string, key, what, name string) {
	if name == "" {
		return
	}
	if first, ok := seen[name]; ok {
		d.Ref(key, what+"“"+yamlcheck.Short(name)+"”已经用过, 在 "+first, "换一个没用过的"+what)
		return
	}
	seen[name] = d.Where(key)
}

func checkAddresses(d *yamlcheck.Decoder, key string, s Source) {
	switch {
	case s.Kind == "intake":
		for _, field := range []string{".url", ".urls"} {
			if d.Written(key + field) {
				d.Ref(key+field, "kind 是 intake, 没有网址可读", "删掉它, 或改成 kind: page")
			}
		}
		return
	case s.URL != "" && len(s.URLs) > 0:
		d.Ref(key+".urls", "url 和 urls 只能写一样", "都放进 urls, 删掉 url")
	case s.URL == "" && len(s.URLs) == 0 && s.Page.Sitemap == "":
		if !d.Written(key+".url") && !d.Written(key+".urls") {
			d.Ref(key, "缺少“url”", "补上一行: url: https://…")
		}
	}
	if s.Kind != "page" && s.Kind != "" && len(s.URLs) > 1 {
		d.Ref(key+".urls[1]", "kind 是 "+string(s.Kind)+", 只读第一个网址", "每个网址单独写成一个来源")
	}
	if s.URL != "" {
		checkAddress(d, key+".url", s.URL)
	}
	if s.Page.Sitemap != "" {
		checkAddress(d, key+".page.sitemap", s.Page.Sitemap)
	}
	for i, u := range s.URLs {
		if u != "" {
			checkAddress(d, key+".urls["+strconv.Itoa(i)+"]", u)
		}
	}
}

func checkAddress(d *yamlcheck.Decoder, key, address string) {
	u, err := url.Parse(address)
	switch {
	case err != nil || !httpURL(address):
		d.Ref(key, "“"+yamlcheck.Short(address)+"”不是网址", "写成 https://…")
	case u.User != nil:
		d.Ref(key, "网址里不能带用户名和密码", "删掉 @ 和它前面的部分")
	}
}

// checkKind refuses settings of another kind, which would silently do nothing.
func checkKind(d *yamlcheck.Decoder, key string, s Source) {
	for kind, field := range map[SourceKind]string{"page": "page", "json": "json", "intake": "intake"} {
		if d.Written(key+"."+field) && s.Kind != kind && s.Kind != "" {
			d.Ref(key+"."+field, "kind 是 "+string(s.Kind)+", 用不到“"+field+"”", "删掉它, 或改成 kind: "+string(kind))
		}
	}
	if s.Kind == "json" && s.JSON.Preset == "" && (s.JSON.Items == "" || s.JSON.Title == "" && s.JSON.Body == "") {
		d.Ref(key, "json 来源要写 preset, 或至少写 items 和 body", "补上 json: {preset: weibo} 或 json: {items: …, body: …}")
	}
}
