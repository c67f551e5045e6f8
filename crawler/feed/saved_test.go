package feed_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"huiying/crawler/feed"
	"huiying/crawler/fetch"
)

// savedFeed is what reading one feed of the collection must give. The titles
// themselves are others' texts: only their digest stands here.
type savedFeed struct {
	charset string
	posts   int
	// titles begins the SHA-256 of all titles, a line each, as a person read them.
	titles string
	// newest is the first post's time; "" where the feed tells none.
	newest string
}

func savedFeeds() map[string]savedFeed {
	return map[string]savedFeed{
		"Big5/0804.blogspot.com.xml":        {"big5", 9, "0980647c88efe327", "2005-10-21 08:11:00"},
		"Big5/ke207.blogspot.com.xml":       {"big5", 8, "550cddf5b14e82fa", "2005-12-31 03:47:00"},
		"Big5/leavesth.blogspot.com.xml":    {"big5", 15, "de747c44808a4766", "2006-08-20 01:10:49"},
		"Big5/letterlego.blogspot.com.xml":  {"big5", 5, "e36151c6b861982b", "2004-12-08 23:34:10"},
		"Big5/tlkkuo.blogspot.com.xml":      {"big5", 6, "87135f52ca36fac4", "2005-06-28 09:56:00"},
		"Big5/willythecop.blogspot.com.xml": {"big5", 8, "9546ce004b61a258", "2005-12-08 11:45:00"},
		"GB2312/bbs.blogsome.com.xml":       {"gb18030", 10, "2f995e39010118e3", ""},
		"GB2312/cappuccinos.3322.org.xml":   {"gb18030", 10, "8d7cdfabe401f1eb", "2005-12-27 09:08:26"},
		"GB2312/coverer.com.xml":            {"gb18030", 15, "749b254d78075a87", ""},
		"GB2312/jjgod.3322.org.xml":         {"gb18030", 10, "30d18a9a301542d5", "2005-12-28 00:50:24"},
		"GB2312/lily.blogsome.com.xml":      {"gb18030", 10, "23bd3029415aa291", "2005-01-17 19:42:48"},
		"GB2312/luciferwang.blogcn.com.xml": {"gb18030", 20, "d628d830eb4de31f", ""},
		"GB2312/xy15400.blogcn.com.xml":     {"gb18030", 20, "07a4ab101f227338", ""},
	}
}

// TestSavedFeeds reads real feeds in legacy charsets: each gives all its posts,
// in the very characters that were written, at the times that were meant.
func TestSavedFeeds(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..", "shared", "data", "feeds")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no saved feeds here")
	}
	for name, want := range savedFeeds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			text, charset := fetch.Decode(raw, "")
			if charset != want.charset || strings.ContainsRune(text, unicode.ReplacementChar) {
				t.Errorf("read as %s, want %s", charset, want.charset)
			}
			posts, err := feed.ParseBytes(raw, "", "", now())
			if err != nil || len(posts) != want.posts {
				t.Fatalf("%d posts, want %d: %v", len(posts), want.posts, err)
			}
			titles, all := sha256.New(), ""
			for _, p := range posts {
				titles.Write([]byte(p.Title + "\n"))
				all += p.Title + p.Body
				if p.URL == "" || p.Title == "" && p.Body == "" || strings.Contains(p.Body, "<p>") {
					t.Errorf("post %+v", p)
				}
				if !p.Published.IsZero() && (p.Published.Year() < 2004 || p.Published.Year() > 2006) {
					t.Errorf("published %v", p.Published)
				}
			}
			if got := hex.EncodeToString(titles.Sum(nil))[:16]; got != want.titles {
				t.Errorf("the titles' digest is %s, want %s", got, want.titles)
			}
			if got := everydayShare(all); got < 0.15 {
				t.Errorf("of the Chinese characters only %.2f are everyday ones", got)
			}
			newest := ""
			if at := posts[0].Published; !at.IsZero() {
				newest = at.Format(time.DateTime)
			}
			if newest != want.newest {
				t.Errorf("newest %q, want %q", newest, want.newest)
			}
		})
	}
}

// everydayShare is the share of the commonest Chinese characters, in both scripts,
// among all Chinese ones: 0.15 and more in any text, nearly none in
// mojibake.
func everydayShare(text string) float64 {
	const common = "的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之年过過发發后後作里裡"
	good, all := 0, 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			all++
			if strings.ContainsRune(common, r) {
				good++
			}
		}
	}
	return float64(good) / float64(max(all, 1))
}
