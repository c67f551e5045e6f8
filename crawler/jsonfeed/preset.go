package jsonfeed

import (
	"fmt"
	"slices"
	"strings"
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
			},
			link:  "https://m.weibo.cn/detail/{id}",
			weibo: true,
		}, true
	case "wenzheng":
		return shape{
			items: "data.list,data.items,data.rows,data.records,list,items,rows,result.list,result,data,@this",
			fields: Fields{
				ID: "id,tid,uuid,no", Title: "title,subject,name", Body: "content,body,question,text,description,summary",
				URL: "url,link,href", Published: "time,created_at,createTime,create_time,publishTime,publish_time,published,pubDate,date,dateline",
				Origin: "origin,media",
			},
		}, true
	}
	return shape{}, false
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
		{&sh.link, o.URLTemplate},
	} {
		if f.from != "" {
			*f.into = f.from
		}
	}
	if strings.Contains(sh.fields.URL, "{id}") {
		sh.link, sh.fields.URL = sh.fields.URL, ""
	}
	if sh.items == "" {
		return shape{}, fmt.Errorf("the path of the items is missing; set it, or a preset (%s)", strings.Join(Presets(), ", "))
	}
	if sh.fields.Title == "" && sh.fields.Body == "" {
		return shape{}, fmt.Errorf("neither a path of the title nor of the body is set")
	}
	for _, p := range []string{sh.items, sh.fields.ID, sh.fields.Title, sh.fields.Body, sh.fields.URL, sh.fields.Published, sh.fields.Origin} {
		if slices.Contains(strings.FieldsFunc(p, func(r rune) bool { return strings.ContainsRune(",.|#", r) }), "user") {
			return shape{}, fmt.Errorf("path %q leads to a user; who wrote a post is not read", p)
		}
	}
	return sh, nil
}
