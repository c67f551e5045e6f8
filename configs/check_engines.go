package configs

import (
	"regexp"
	"strings"

	"github.com/andybalholm/cascadia"

	"huiying/configs/yamlcheck"
)

// checkEngine tries, without a network, what a source tells its engine.
func checkEngine(d *yamlcheck.Decoder, key string, s *Source) {
	for field, css := range map[string]string{
		"links": s.Page.Links, "title": s.Page.Title, "body": s.Page.Body, "date": s.Page.Date, "origin": s.Page.Origin, "next": s.Page.Next, "reads": s.Page.Reads,
	} {
		if css == "" {
			continue
		}
		if _, err := cascadia.ParseGroup(css); err != nil {
			d.Ref(key+".page."+field, "“"+yamlcheck.Short(css)+"”不是 CSS 选择器", "写成 div.content 或 #main h1 这样; 拿不准就删掉这一行, 由程序自己找")
		}
	}
	private := regexp.MustCompile(`(?i)(?:^|[,.|# ])(user|users|user_?name|user_?id|uid|authors?|author_?id|nick|nick_?name|screen_name|real_?name|phone|mobile|tel|telephone|email|id_?card)(?:$|[,.|# ])`)
	for field, path := range map[string]string{
		"items": s.JSON.Items, "id": s.JSON.ID, "title": s.JSON.Title, "body": s.JSON.Body, "url": s.JSON.URL, "published": s.JSON.Published,
		"reads": s.JSON.Reads, "shares": s.JSON.Shares,
	} {
		if m := private.FindStringSubmatch(path); m != nil {
			d.Ref(key+".json."+field, "“"+yamlcheck.Short(path)+"”里的 "+m[1]+" 指向发帖人", "谁发的一律不读; 换成帖子本身的字段")
		}
	}
	if s.Kind != "json" {
		return
	}
	if s.JSON.Next != "" && s.JSON.Param == "" && s.JSON.Pages <= 1 || s.JSON.Param != "" && s.JSON.Pages <= 1 {
		field := ".json.next"
		if !d.Written(key + field) {
			field = ".json.param"
		}
		d.Ref(key+field, "写了翻页, 但 pages 是 1, 不会翻", "补上 pages: 3 这样, 或删掉它")
	}
	if strings.Contains(s.JSON.URL, "{") && !strings.Contains(s.JSON.URL, "{id}") {
		d.Ref(key+".json.url", "“"+yamlcheck.Short(s.JSON.URL)+"”里的大括号不认识", "编号的位置写 {id}, 如 /thread/{id}.html")
	}
}
