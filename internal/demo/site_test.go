package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
	"golang.org/x/text/encoding/simplifiedchinese"

	"huiying/internal/demo"
)

// start is the moment at which every test's story starts: 20:30 in Changzhi.
var start = time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC)

// open starts the five sites for one test, at a chapter.
func open(t *testing.T, chapter int) (*demo.Site, map[string]demo.Place) {
	t.Helper()
	s, err := demo.New(t.Context(), demo.Options{Start: start})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := s.SetChapter(chapter); err != nil {
		t.Fatal(err)
	}
	byID := map[string]demo.Place{}
	for _, p := range s.Places() {
		byID[p.ID] = p
	}
	return s, byID
}

// reply is what a site answered.
type reply struct {
	status int
	header http.Header
}

// get reads one URL with extra headers.
func get(t *testing.T, url string, header map[string]string) (reply, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return reply{status: resp.StatusCode, header: resp.Header}, body
}

func TestPortalIsGBKWithoutSayingSoInTheHeader(t *testing.T) {
	t.Parallel()
	_, places := open(t, 8)
	list := places["portal"].URL + places["portal"].Entrance
	resp, body := get(t, list, nil)
	if got := resp.header.Get("Content-Type"); got != "text/html" {
		t.Errorf("Content-Type %q, want text/html without a charset", got)
	}
	if utf8.Valid(body) {
		t.Error("the list is valid UTF-8, want GBK")
	}
	text, err := simplifiedchinese.GBK.NewDecoder().Bytes(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"charset=gb2312", "沁源县一煤矿透水被困人数核定为12人", `href="/art/2026/11/23/art_1021_09.html"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	_, body = get(t, places["portal"].URL+"/art/2026/11/23/art_1021_09.html", nil)
	text, err = simplifiedchinese.GBK.NewDecoder().Bytes(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"现核定12人被困井下", "11月23日19时50分许", "发布时间：2026-11-23 20:22", "来源：漳河新闻网"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the article lacks %q", want)
		}
	}
}

func TestNewsFeedParses(t *testing.T) {
	t.Parallel()
	s, places := open(t, 3)
	read := func() *gofeed.Item {
		_, body := get(t, places["news"].URL+places["news"].Entrance, nil)
		feed, err := gofeed.NewParser().ParseString(string(body))
		if err != nil {
			t.Fatal(err)
		}
		return feed.Items[0]
	}
	before := read()
	if want := start.Add(-12 * time.Minute); !before.PublishedParsed.Equal(want) {
		t.Errorf("published %v, want %v", before.PublishedParsed, want)
	}
	if !strings.HasSuffix(before.Published, "+0800") {
		t.Errorf("published %q, want +0800", before.Published)
	}
	if !strings.Contains(before.Content, "另有3人被困井下") {
		t.Errorf("content %q lacks the first figures", before.Content)
	}
	if err := s.SetChapter(5); err != nil {
		t.Fatal(err)
	}
	_, body := get(t, before.Link, nil)
	if !strings.Contains(string(body), "现核定12人被困井下") {
		t.Error("the article at the same address lacks the new figures")
	}
	if _, body = get(t, places["news"].URL+places["news"].Entrance, nil); !strings.Contains(string(body), "现核定12人被困井下") {
		t.Error("the feed lacks the new figures")
	}
}

func TestBoardAndTimelineAreJSON(t *testing.T) {
	t.Parallel()
	_, places := open(t, 5)
	_, body := get(t, places["board"].URL+places["board"].Entrance, nil)
	var board struct {
		Items []struct{ ID, Title, Content, Time, URL string }
	}
	if err := json.Unmarshal(body, &board); err != nil {
		t.Fatal(err)
	}
	if len(board.Items) != 11 || board.Items[0].Title == "" || board.Items[0].Content == "" {
		t.Fatalf("%d questions, first %+v", len(board.Items), board.Items[0])
	}
	if _, err := time.Parse(time.DateTime, board.Items[0].Time); err != nil {
		t.Error(err)
	}
	if resp, _ := get(t, places["board"].URL+board.Items[0].URL, nil); resp.status != http.StatusOK {
		t.Errorf("a question's page answers %d", resp.status)
	}
	_, body = get(t, places["weibo"].URL+places["weibo"].Entrance, nil)
	var timeline struct {
		Data struct {
			Cards []struct {
				Scheme string
				Mblog  map[string]any
			}
		}
	}
	if err := json.Unmarshal(body, &timeline); err != nil {
		t.Fatal(err)
	}
	first := timeline.Data.Cards[1]
	if _, ok := first.Mblog["user"]; ok {
		t.Error("a card names its author")
	}
	if got := first.Mblog["text"]; !strings.HasPrefix(got.(string), "蹲一个准信//<a href='/n/路人'>@路人</a>:听说长治") {
		t.Errorf("text %q is not as the platform writes it", got)
	}
	if resp, _ := get(t, first.Scheme, nil); resp.status != http.StatusOK {
		t.Errorf("a post's page answers %d", resp.status)
	}
}

func TestPaperIsDated(t *testing.T) {
	t.Parallel()
	_, places := open(t, 8)
	base := places["paper"].URL
	for path, want := range map[string]struct {
		status int
		has    string
	}{
		"/html/2026-11/23/node_1.htm":     {200, `href="content_09.htm"`},
		"/html/2026-11/24/node_1.htm":     {200, `href="/html/2026-11/23/content_09.htm"`},
		"/html/2026-11/22/node_1.htm":     {404, ""},
		"/html/2026-13/99/node_1.htm":     {404, ""},
		"/html/2026-11/23/content_08.htm": {200, "壶关县集中供热停暖三天"},
		"/html/2026-11/23/content_99.htm": {404, ""},
		"/robots.txt":                     {200, "Allow: /"},
	} {
		resp, body := get(t, base+path, nil)
		if resp.status != want.status || !strings.Contains(string(body), want.has) {
			t.Errorf("%s: status %d, want %d with %q", path, resp.status, want.status, want.has)
		}
	}
}

func TestUnchangedPagesAnswer304(t *testing.T) {
	t.Parallel()
	s, places := open(t, 2)
	for id, with := range map[string][2]string{
		"portal": {"Last-Modified", "If-Modified-Since"},
		"news":   {"ETag", "If-None-Match"},
		"board":  {"ETag", "If-None-Match"},
	} {
		if err := s.SetChapter(2); err != nil {
			t.Fatal(err)
		}
		url := places[id].URL + places[id].Entrance
		resp, _ := get(t, url, nil)
		validator := map[string]string{with[1]: resp.header.Get(with[0])}
		if resp, body := get(t, url, validator); resp.status != http.StatusNotModified || len(body) != 0 {
			t.Errorf("%s: unchanged list answers %d with %d bytes", id, resp.status, len(body))
		}
		if err := s.SetChapter(8); err != nil {
			t.Fatal(err)
		}
		if resp, _ := get(t, url, validator); resp.status != http.StatusOK {
			t.Errorf("%s: changed list answers %d", id, resp.status)
		}
	}
}

func TestTellReadsEveryChapterOnce(t *testing.T) {
	t.Parallel()
	s, _ := open(t, 3)
	var got []string
	err := s.Tell(t.Context(), time.Millisecond, func(n int, c demo.Chapter) {
		got = append(got, strconv.Itoa(n)+" "+c.Title)
	}, func(context.Context) error {
		got = append(got, "read "+strconv.Itoa(s.Chapter()))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"3 井下", "read 3", "4 传言", "read 4", "5 数字变了", "read 5", "6 底线与交办", "read 6", "7 风雪夜", "read 7", "8 天亮之前", "read 8"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the story (-want +got):\n%s", diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.SetChapter(1); err != nil {
		t.Fatal(err)
	}
	err = s.Tell(ctx, time.Hour, func(int, demo.Chapter) {}, func(context.Context) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a story cut short ends with %v, want context.Canceled", err)
	}
}
