package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"huiying/configs"
	"huiying/crawler/intake"
	"huiying/internal/post"
	"huiying/internal/privacy"
	"huiying/internal/rulebook"
	"huiying/internal/slacktest"
)

// TestNobodyIsFound takes the corpus of private strings through the whole program,
// by every channel and by a sheet, and looks for them in the database, in what the
// platform received, in the digest and in the log.
func TestNobodyIsFound(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{})
	config, rules, err := rulebook.Default()
	if err != nil {
		t.Fatal(err)
	}
	config.Sources = nil
	config.Chat.Targets = []configs.Target{{
		Name: "控制台", Kind: "slack", Channel: slacktest.Channel, Token: configs.NewSecret(slacktest.Token), APIURL: server.URL(), PerMessage: time.Millisecond,
	}}
	var log bytes.Buffer
	dir := t.TempDir()
	a, err := New(t.Context(), Options{
		Config: config, Rules: rules, Data: dir, Poll: 20 * time.Millisecond,
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	private := map[string]bool{"laowang1968": true, "13344557788": true, "孙丽娜": true}
	posts := []post.Post{
		{ID: "P-a", URL: "https://bbs.example.cn/u/laowang1968/t/7", Body: "沁源县某煤矿透水，4人被困", Origin: "网友孙丽娜13344557788"},
		{ID: "P-b", URL: "https://bbs.example.cn/t/8?tel=13344557788", Body: "襄垣县某煤矿瓦斯爆炸，5人死亡"},
	}
	var sheet strings.Builder
	sheet.WriteString("编号,标题,内容\n")
	places := []string{"沁源县", "襄垣县", "屯留区", "武乡县", "黎城县", "壶关县", "平顺县", "长子县", "沁县", "潞城区"}
	for i, text := range corpus(t, private) {
		if testing.Short() && i%16 != 0 {
			continue // each text makes several alerts, which must all be sent within 30 s
		}
		channel := post.Channels()[i%len(post.Channels())]
		posts = append(posts, post.Post{
			ID: fmt.Sprintf("P-%d", i), Source: string(channel), SourceName: channel.Name(), Channel: channel, Local: true,
			Title: places[i%len(places)] + "某煤矿透水" + strconv.Itoa(i%9+1) + "人被困：" + text, Body: text, Origin: text,
		})
		fmt.Fprintf(&sheet, "%d,停电,\"%s\"\n", 140402200001010001+i, strings.ReplaceAll(text, `"`, `""`))
	}
	o := intake.Options{Secret: a.RowSecret(), Now: a.o.Now()}
	o.Source.ID, o.Source.Name, o.Source.Channel, o.Source.Local = "sheet", "热线", post.Hotline, true
	rows, problems, err := intake.Read(strings.NewReader(sheet.String()), "热线.csv", o)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	if _, err := a.Import(t.Context(), append(posts, rows...)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.DeliverNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	_ = a.dailyDigest(t.Context(), "daily") // it answers when to come back
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	where := map[string]string{"log": log.String()}
	for _, m := range server.Messages() {
		where["chat"] += m.Text + string(m.Blocks)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no database", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		where["database"] += string(raw)
	}
	for name, text := range where {
		if name != "log" && len(text) < 1000 {
			t.Errorf("the %s holds %d bytes: nothing was tried", name, len(text))
		}
		for p := range private {
			if at := strings.Index(text, p); at >= 0 {
				t.Errorf("the %s holds %q: %q", name, p, text[max(0, at-60):min(len(text), at+60)])
			}
		}
	}
	if !strings.Contains(where["database"], privacy.Removed) {
		t.Error("nobody is told that an address was left out")
	}
}

// corpus reads the private strings of package privacy, and puts what must be hidden
// of each into private.
func corpus(t *testing.T, private map[string]bool) []string {
	t.Helper()
	var out []string
	for _, name := range []string{"first.txt", "second.txt"} {
		raw, err := os.ReadFile(filepath.Join("..", "privacy", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(raw), "\n") {
			_, marked, ok := strings.Cut(line, "\t")
			if !ok || strings.HasPrefix(line, "# ") {
				continue
			}
			marked, err := strconv.Unquote(`"` + strings.ReplaceAll(marked, `"`, `\"`) + `"`)
			if err != nil {
				t.Fatal(err)
			}
			from, to := strings.Index(marked, "⟦"), strings.LastIndex(marked, "⟧")
			plain := strings.NewReplacer("⟦", "", "⟧", "")
			// Four digits stand in many a stamp.
			if p := plain.Replace(marked[from:to]); utf8.RuneCountInString(p) > 2 && (len(p) > 4 || p > "9999") {
				private[p] = true
			}
			out = append(out, plain.Replace(marked))
		}
	}
	return out
}
