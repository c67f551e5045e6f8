package fetch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"huiying/crawler/fetch"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	const (
		simple = "长治市潞州区昨天晚上停电三小时，居民说没有接到通知。"
		rare   = "长治市㙍𠀀村的居民说，这里昨天停电了。"
		trad   = "長治市的居民說，這裡昨天晚上停電三小時，沒有人來修。"
		french = "Été à la française, où le café coûte très cher près de la forêt"
		kana   = "これは日本語の文章です。電気が止まりました。"
	)
	late := "<html><head><script>" + strings.Repeat("var x=1;\n", 1000) + `</script><meta charset="gbk"></head>`
	in := func(e encoding.Encoding, s string) string {
		t.Helper()
		out, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	utf16 := func(e unicode.Endianness, bom unicode.BOMPolicy, s string) string {
		return in(unicode.UTF16(e, bom), s)
	}
	gbk, gb18030, big5 := simplifiedchinese.GBK, simplifiedchinese.GB18030, traditionalchinese.Big5
	xml := `<?xml version="1.0" encoding="gb2312"?><a>`
	for _, tc := range []struct{ name, raw, header, text, charset string }{
		{"utf-8", simple, "", simple, "utf-8"},
		{"utf-8 with mark", "\ufeff" + simple, "text/html; charset=gbk", simple, "utf-8"},
		{"utf-8 declared gb2312", simple, "text/html; charset=gb2312", simple, "utf-8"},
		{"utf-8 declared gb2312 in meta", `<meta charset="gb2312">` + simple, "", `<meta charset="gb2312">` + simple, "utf-8"},
		{"utf-8 with one bad byte", simple + "\xff" + simple, "text/html; charset=gb2312", simple + "\ufffd" + simple, "utf-8"},
		{"utf-8 cut inside a character", simple[:len(simple)-1], "", simple[:len(simple)-3] + "\ufffd", "utf-8"},
		{"gbk declared", in(gbk, simple), "text/html; charset=GBK", simple, "gb18030"},
		{"gbk declared gb2312", in(gbk, simple), "text/html; charset=gb2312", simple, "gb18030"},
		{"gbk undeclared", in(gbk, simple), "text/html", simple, "gb18030"},
		{"gbk undeclared, short", in(gbk, "网上的人说停电"), "", "网上的人说停电", "gb18030"},
		{"gbk undeclared, no everyday character", in(gbk, "联播快讯"), "", "联播快讯", "gb18030"},
		{"gbk declared utf-8", in(gbk, simple), "text/html; charset=utf-8", simple, "gb18030"},
		{"gbk declared latin", in(gbk, simple), "text/html; charset=iso-8859-1", simple, "gb18030"},
		{"gbk declared big5", in(gbk, simple), "text/html; charset=big5", simple, "gb18030"},
		{"gbk declared x-evil", in(gbk, simple), "text/html; charset=x-evil", simple, "gb18030"},
		{"gbk declared late", in(gbk, late+simple), "", late + simple, "gb18030"},
		{"gbk meta, header wrong", in(gbk, `<meta charset=gbk>`+simple), "text/html; charset=utf-8", `<meta charset=gbk>` + simple, "gb18030"},
		{"gbk in xml", in(gbk, xml+simple), "text/xml", strings.Replace(xml, "gb2312", "utf-8", 1) + simple, "gb18030"},
		{"gb18030 four bytes as gb2312", in(gb18030, rare), "text/html; charset=gb2312", rare, "gb18030"},
		{"big5 declared", in(big5, trad), "text/html; charset=big5", trad, "big5"},
		{"big5 undeclared", in(big5, trad), "", trad, "big5"},
		{"big5 declared gbk", in(big5, trad), "text/html; charset=gbk", trad, "big5"},
		{"utf-16le with mark", utf16(unicode.LittleEndian, unicode.UseBOM, simple), "", simple, "utf-16le"},
		{"utf-16be with mark", utf16(unicode.BigEndian, unicode.UseBOM, simple), "text/html; charset=gbk", simple, "utf-16be"},
		{"utf-16le without mark", utf16(unicode.LittleEndian, unicode.IgnoreBOM, "<html><body><p>"+simple), "", "<html><body><p>" + simple, "utf-16le"},
		{"utf-16be without mark", utf16(unicode.BigEndian, unicode.IgnoreBOM, "<html><body><p>"+simple), "", "<html><body><p>" + simple, "utf-16be"},
		{"french", in(charmap.Windows1252, french), "text/html; charset=iso-8859-1", french, "windows-1252"},
		{"japanese", in(japanese.ShiftJIS, kana), "text/html; charset=shift_jis", kana, "shift_jis"},
		{"ascii", "plain", "text/html; charset=gbk", "plain", "utf-8"},
		{"empty", "", "", "", "utf-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			text, charset := fetch.Decode([]byte(tc.raw), tc.header)
			if text != tc.text || charset != tc.charset {
				t.Errorf("got %s %q, want %s %q", charset, tail(text), tc.charset, tail(tc.text))
			}
		})
	}
}

func tail(s string) string { return s[max(0, len(s)-120):] }

func TestCheckText(t *testing.T) {
	t.Parallel()
	text, _ := fetch.Decode([]byte(strings.Repeat("\xff\xff\x01", 50)), "text/html; charset=gbk")
	if err := fetch.CheckText("http://example.com/?secret=1", text); err == nil || kind(t, err) != fetch.Garbled {
		t.Errorf("garbage passes: %v", err)
	}
	if err := fetch.CheckText("", strings.Repeat("长治市", 2000)+strings.Repeat("\ufffd", 11)); err != nil {
		t.Errorf("few bad places in a long text: %v", err)
	}
}

// TestDecodeSavedPages reads real pages and feeds: none may come out garbled.
func TestDecodeSavedPages(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no saved pages here")
	}
	count := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".html" && ext != ".shtml" && ext != ".xml" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text, charset := fetch.Decode(raw, "")
		count[charset]++
		if fetch.IsGarbled(text) || strings.Count(text, "\ufffd") > 3 {
			t.Errorf("%s: %d undecodable places as %s", path, strings.Count(text, "\ufffd"), charset)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(count)
}
