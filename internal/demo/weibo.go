package demo

import (
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The shape of a mobile timeline's answer, as far as readers use it. No card
// names its author.
type timeline struct {
	OK   int          `json:"ok"`
	Data timelineData `json:"data"`
}

type timelineData struct {
	Info  timelineInfo `json:"cardlistInfo"`
	Cards []card       `json:"cards"`
}

type timelineInfo struct {
	ContainerID string `json:"containerid"`
	Total       int    `json:"total"`
	Page        int    `json:"page"`
}

type card struct {
	Type   int    `json:"card_type"`
	ItemID string `json:"itemid"`
	Scheme string `json:"scheme"`
	Blog   mblog  `json:"mblog"`
}

type mblog struct {
	CreatedAt string `json:"created_at"`
	ID        string `json:"id"`
	MID       string `json:"mid"`
	BID       string `json:"bid"`
	Text      string `json:"text"`
	Length    int    `json:"textLength"`
	LongText  bool   `json:"isLongText"`
	Reposts   int    `json:"reposts_count"`
	Comments  int    `json:"comments_count"`
	Attitudes int    `json:"attitudes_count"`
}

const container = "100808demo"

// The marks in a Weibo text that the platform turns into HTML.
var (
	topicMark  = regexp.MustCompile(`#([^#\s]+)#`)
	repostMark = regexp.MustCompile(`//@([^:：\s]+):`)
	faceMark   = regexp.MustCompile(`\[(\p{Han}{1,4})\]`)
)

// weibo is a topic's timeline in the shape of the mobile site. It sends no
// validators.
func (s *Site) weibo(mux *http.ServeMux, p Place) {
	s.page(mux, "GET "+p.Entrance, p, func(sh shelf, _ *http.Request) (answer, bool, error) {
		doc := timeline{OK: 1, Data: timelineData{Info: timelineInfo{ContainerID: container, Total: len(sh.pages), Page: 1}}}
		for _, pg := range sh.pages {
			id := mid(pg.version)
			doc.Data.Cards = append(doc.Data.Cards, card{
				Type: 9, ItemID: container + "_-_" + id, Scheme: p.URL + pg.Path,
				Blog: mblog{
					CreatedAt: pg.At.Format(time.RubyDate), ID: id, MID: id, BID: bid(pg.version),
					Text: markup(pg.Text), Length: len([]rune(pg.Text)),
				},
			})
		}
		body, err := json.Marshal(doc)
		return answer{mime: "application/json; charset=utf-8", body: body, changed: sh.latest()}, true, err
	})
	s.plain(mux, "GET /detail/{id}", p)
}

// markup writes a text as the platform does: topics, reposted names and faces
// become HTML.
func markup(text string) string {
	text = html.EscapeString(text)
	text = repostMark.ReplaceAllString(text, `//<a href='/n/$1'>@$1</a>:`)
	text = topicMark.ReplaceAllString(text, `<a  href="/search?containerid=231522" data-hide=""><span class="surl-text">#$1#</span></a>`)
	text = faceMark.ReplaceAllString(text, `<span class="url-icon"><img alt=[$1] src="/face.png" style="width:1em; height:1em;" /></span>`)
	return strings.ReplaceAll(text, "\n", "<br />")
}

// mid is a post's long number on the platform.
func mid(p version) string {
	n, err := strconv.Atoi(p.Key)
	if err != nil {
		return p.Key
	}
	return strconv.Itoa(5_100_000_000_000_000 + n)
}

// bid is a post's short name on the platform.
func bid(p version) string { return "Qh4dem" + p.Key }
