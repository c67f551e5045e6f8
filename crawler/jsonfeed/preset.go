package jsonfeed

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"huiying/crawler/sitetext"
)

// guess is the preset that ParseBytes falls back on.
const guess = "guess"

// shape is where one kind of timeline keeps what.
type shape struct {
	items  string
	fields Fields
	link   string
	// weibo turns on what only Weibo has: cards inside cards, reposts, long texts.
	weibo bool
	// cursors are tried in turn for the next page.
	cursors []cursor
	handles nameHider
	counts  sitetext.CountReader
}

// hide hides people's names inside a text of Weibo.
func (sh shape) hide(text string) string {
	if !sh.weibo {
		return text
	}
	return sh.handles.hide(text)
}

// Presets lists the names that Options.Preset takes.
func Presets() []string { return []string{"weibo", "wenzheng"} }

// preset gives a shape by name.
func preset(name string) (shape, bool) {
	switch name {
	case "":
		return shape{}, true
	case "weibo":
		return shape{
			items: "data.cards,cards,data.list,data.statuses,statuses",
			fields: Fields{
				ID: "idstr,id,mid", Body: "longText.longTextContent,raw_text,text", Published: "created_at",
				Reads: "reads_count", Shares: "reposts_count",
			},
			link:  "https://m.weibo.cn/detail/{id}",
			weibo: true,
			// Timelines of today answer with since_id, older ones with a number.
			cursors: []cursor{{"data.cardlistInfo.since_id", "since_id"}, {"data.cardlistInfo.page", "page"}},
			handles: newNameHider(),
		}, true
	case "wenzheng":
		return shape{
			items: boardItems,
			fields: Fields{
				ID:        "id,tid,threadId,thread_id,letterId,letter_id,askId,ask_id,uuid,no,code",
				Title:     "title,subject,threadTitle,letterTitle,askTitle",
				Body:      "content,body,question,askContent,letterContent,threadContent,text,message,description,summary",
				URL:       "url,link,href,detailUrl,detail_url",
				Published: "time,created_at,createTime,create_time,createDate,addTime,addtime,add_time,submitTime,askTime,ask_time,publishTime,publish_time,published,pubDate,date,dateline",
				Origin:    "origin,media",
				Reads:     "readCount,read_count,viewCount,view_count,views,hits,clickCount,click_count",
				Shares:    "shareCount,share_count,forwardCount",
			},
			cursors: []cursor{{"data.next", ""}, {"next", ""}, {"", "page"}},
		}, true
	}
	return shape{}, false
}

// boardItems is where boards keep their threads: plain lists, lists inside pages of
// the common web frameworks, and the applications of the larger boards.
const boardItems = "data.list,data.items,data.rows,data.records,data.content,data.data,data.result,data.page.list,data.list.records," +
	"pageInfo.list,page.list,page.records,responseData.list,responseData,Variables.forum_threadlist,Variables.data," +
	"list,items,rows,records,threads,result.list,result.records,result.rows,result.data,result,content,data,@this"

// person names what leads to whoever wrote a post.
func person() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:user|users|username|user_name|userid|user_id|uid|author|authors|authorid|author_id|nick|nickname|nick_name|screen_name|` +
		`realname|real_name|phone|mobile|tel|telephone|email|idcard|id_card|avatar|followers|fans)$`)
}

// shapeOf joins the preset with what overrides it.
func shapeOf(o Options) (shape, error) {
	name := o.Preset
	if name == guess {
		name = "wenzheng"
	}
	sh, ok := preset(name)
	if !ok {
		return shape{}, fmt.Errorf("preset %q is unknown; use one of %s", o.Preset, strings.Join(Presets(), ", "))
	}
	for _, f := range []struct {
		into *string
		from string
	}{
		{&sh.items, o.Items},
		{&sh.fields.ID, o.Fields.ID},
		{&sh.fields.Title, o.Fields.Title},
		{&sh.fields.Body, o.Fields.Body},
		{&sh.fields.URL, o.Fields.URL},
		{&sh.fields.Published, o.Fields.Published},
		{&sh.fields.Origin, o.Fields.Origin},
		{&sh.fields.Reads, o.Fields.Reads},
		{&sh.fields.Shares, o.Fields.Shares},
		{&sh.link, o.URLTemplate},
	} {
		if f.from != "" {
			*f.into = f.from
		}
	}
	if strings.Contains(sh.fields.URL, "{id}") {
		sh.link, sh.fields.URL = sh.fields.URL, ""
	}
	if o.Next != "" || o.Param != "" {
		sh.cursors = []cursor{{o.Next, o.Param}}
	}
	if sh.items == "" {
		return shape{}, fmt.Errorf("the path of the items is missing; set it, or a preset (%s)", strings.Join(Presets(), ", "))
	}
	if sh.fields.Title == "" && sh.fields.Body == "" {
		return shape{}, fmt.Errorf("neither a path of the title nor of the body is set")
	}
	sh.counts = sitetext.NewCountReader()
	private := person()
	for _, p := range []string{sh.items, sh.fields.ID, sh.fields.Title, sh.fields.Body, sh.fields.URL, sh.fields.Published, sh.fields.Origin, sh.fields.Reads, sh.fields.Shares} {
		if slices.ContainsFunc(strings.FieldsFunc(p, func(r rune) bool { return strings.ContainsRune(",.|# ", r) }), private.MatchString) {
			return shape{}, fmt.Errorf("path %q leads to a user; who wrote a post is not read", p)
		}
	}
	return sh, nil
}

// nameHider hides in a text of Weibo who passed it on, answered or was called upon:
// people's names there are none of our business. Names of offices, media and
// companies stay, since "@长治市能源局" says whose matter it is.
type nameHider struct{ chain, reply, mention, institution, price *regexp.Regexp }

func newNameHider() nameHider {
	return nameHider{
		price:   regexp.MustCompile(`\d(?:元|块|角|分|吨|度|斤)`),
		chain:   regexp.MustCompile(`//\s*@[^:：\s@]{1,40}\s*[:：]`),
		reply:   regexp.MustCompile(`回复\s*@[^:：\s@]{1,40}\s*[:：]`),
		mention: regexp.MustCompile(`[\w.\-]*@[\p{Han}\w·\-]{1,40}`),
		institution: regexp.MustCompile(`(?:局|厅|部|委|办|政府|发布|公安|交警|消防|应急|法院|检察院?|日报|晚报|晨报|时报|电视台|广播|新闻|网|热线|客服|集团|公司|` +
			`电网|电力|燃气|热力|供热|供水|水务|能源|矿业|煤业|中心|街道|社区|医院|学校|大学|协会|12345)$|^@(?:中国|国家|山西|长治|央视|新华)`),
	}
}

func (h nameHider) hide(text string) string {
	text = h.chain.ReplaceAllString(text, "//")
	text = h.reply.ReplaceAllString(text, "回复：")
	return h.mention.ReplaceAllStringFunc(text, func(name string) string {
		if h.institution.MatchString(name) || h.price.MatchString(name) {
			return name
		}
		// What stands before is kept: a@b is an address and no name.
		if at := strings.IndexByte(name, '@'); at > 0 {
			return name
		}
		return "@某人"
	})
}
