package load

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// sites are the sources: each a host of its own on loopback with one feed.
type sites struct {
	urls []string

	mu      sync.Mutex
	answers map[string]int
	rounds  []int // full answers that each site gave
	feeds   [][]byte
	more    [][]byte
}

func serve(t *testing.T, n, items int) *sites {
	t.Helper()
	s := &sites{answers: map[string]int{}, rounds: make([]int, n), feeds: make([][]byte, n), more: make([][]byte, n)}
	for i := range n {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.2.%d:0", i%250+1))
		if err != nil {
			t.Fatal(err)
		}
		first := i * items
		s.feeds[i], s.more[i] = feedOf(first, items), feedOf(first, items+1)
		srv := &http.Server{Handler: s.site(i), ReadHeaderTimeout: time.Minute}
		go func() { _ = srv.Serve(l) }()
		t.Cleanup(func() { _ = srv.Close() })
		s.urls = append(s.urls, "http://"+l.Addr().String()+"/feed.xml")
	}
	return s
}

// reset gives what was answered since the last time, by status, and robots.txt.
func (s *sites) reset() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.answers
	s.answers = map[string]int{}
	return was
}

func (s *sites) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[what]++
}

// site answers its feed in full, then 304 to whoever remembers it. Once /grow was
// asked for, it lists one item more.
func (s *sites) site(i int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			s.count("robots")
			http.NotFound(w, r)
			return
		case "/grow":
			s.mu.Lock()
			s.rounds[i] = 1
			s.mu.Unlock()
			return
		}
		s.mu.Lock()
		body, tag := s.feeds[i], `"one"`
		if s.rounds[i] > 0 {
			body, tag = s.more[i], `"two"`
		}
		s.mu.Unlock()
		w.Header().Set("Etag", tag)
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		if r.Header.Get("If-None-Match") == tag {
			s.count("304")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		s.count("200")
		_, _ = w.Write(body)
	})
}

// feedOf is a source's feed: news that mostly concerns nobody, of a hundred to three
// hundred characters each, every hundredth an accident.
//
// The accidents are told in words of their own, so that they stay apart.
func feedOf(first, items int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>来源</title><link>/</link>`)
	for k := range items {
		rng := rand.New(rand.NewPCG(uint64(first), uint64(k)))
		title, body := sentence(rng), ""
		for range 4 + rng.IntN(5) {
			body += sentence(rng) + "，" + words(rng, 8) + "。"
		}
		if (first+k)%100 == 0 {
			title, body = fmt.Sprintf("襄垣县一煤矿发生透水事故 %d人被困 %s", 3+rng.IntN(6), words(rng, 12)), words(rng, 100)
		}
		fmt.Fprintf(&b, "<item><title>%s</title><link>/a/%d.html</link><guid>%[2]d</guid><pubDate>%s</pubDate><description><![CDATA[<p>%s</p>]]></description></item>",
			title, k, time.Now().Add(-time.Hour).Format(time.RFC1123Z), body)
	}
	b.WriteString("</channel></rss>")
	return b.Bytes()
}

func sentence(rng *rand.Rand) string {
	who := [...]string{"市图书馆", "县文化馆", "区市场监管局", "一家面馆", "社区志愿者", "市气象台", "省博物馆", "县融媒体中心", "一名中学教师", "城区公交公司"}
	what := [...]string{"公布下周开放安排", "组织周末读书活动", "更新了便民服务指南", "介绍秋季养生的几种做法", "提醒市民注意早晚温差", "征集老照片和老物件", "开展技能比赛", "发布招聘信息", "整修了门前的小路", "讲起三十年来的变化"}
	return fmt.Sprintf("%s%s第%d号", who[rng.IntN(len(who))], what[rng.IntN(len(what))], rng.IntN(100_000))
}

// words are characters without sense, so that no text is like another.
func words(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteRune(rune(0x4e00 + rng.IntN(2000)))
	}
	return b.String()
}
