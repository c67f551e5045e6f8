package fetch_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"huiying/crawler/fetch"
)

// charsetTexts are what the pages and feeds of the table below say, from a
// sentence of three characters to a whole report.
var charsetTexts = map[string][]string{
	"simplified": {
		"停电了",
		"屯留区两个村断水",
		"长治市潞州区昨天晚上停电三小时，居民说没有接到通知。",
		"城区供热管网抢修，预计今晚十点恢复供暖；请居民关好阀门，有疑问拨打热线。" + "沿街商户反映，施工围挡没有留出通道，送货车进不来，请有关部门协调解决。",
	},
	"rare": {
		"长治市㙍𠀀村的居民说，这里昨天停电了。",
	},
	"traditional": {
		"停電了",
		"屯留區兩個村斷水",
		"長治市的居民說，這裡昨天晚上停電三小時，沒有人來修。",
		"城區供熱管網搶修，預計今晚十點恢復供暖；請居民關好閥門，有疑問撥打熱線。",
	},
}

// TestDecodeTable holds every charset to every way of declaring it, in pages and
// in feeds.
func TestDecodeTable(t *testing.T) {
	t.Parallel()
	charsets := []struct {
		name, label string
		texts       string
		in          encoding.Encoding
		wrong       []string
	}{
		{"GBK", "gbk", "simplified", simplifiedchinese.GBK, []string{"utf-8", "big5", "iso-8859-1", "x-evil"}},
		{"GB18030", "gb18030", "rare", simplifiedchinese.GB18030, []string{"utf-8", "gb2312", "iso-8859-1", "x-evil"}},
		{"Big5", "big5", "traditional", traditionalchinese.Big5, []string{"utf-8", "gb2312", "iso-8859-1", "x-evil"}},
		{"UTF-16LE with mark", "utf-16", "simplified", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), []string{"utf-8", "gb2312", "utf-16be"}},
		{"UTF-16LE", "utf-16le", "simplified", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), []string{"utf-8", "gb2312", "utf-16be"}},
		{"UTF-16BE", "utf-16be", "simplified", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), []string{"utf-8", "gb2312", "utf-16le"}},
	}
	for _, c := range charsets {
		ways := map[string][]document{"undeclared": {{}}, "declared": {{header: c.label}, {meta: c.label}}, "declared late": {{meta: c.label, late: true}}}
		for _, w := range c.wrong {
			ways["misdeclared"] = append(ways["misdeclared"], document{header: w}, document{meta: w}, document{header: w, meta: c.label}, document{header: w, meta: w, late: true})
		}
		for way, docs := range ways {
			t.Run(c.name+" "+way, func(t *testing.T) {
				t.Parallel()
				for _, d := range docs {
					for _, text := range charsetTexts[c.texts] {
						for _, shape := range []func(string) string{d.page, d.feed} {
							doc := shape(text)
							raw, err := c.in.NewEncoder().String(doc)
							if err != nil {
								t.Fatal(err)
							}
							got, as := fetch.Decode([]byte(raw), "text/html; charset="+d.header)
							if !strings.Contains(got, text) {
								t.Errorf("%+v: %q was read as %s: %q", d, text, as, tail(got))
							}
						}
					}
				}
			})
		}
	}
}

// document is one way of declaring a charset.
type document struct {
	header, meta string
	// late puts the declaration behind kilobytes of script.
	late bool
}

func (d document) page(text string) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html><head>")
	if d.late {
		b.WriteString("<script>" + strings.Repeat("var a=1;\n", 400) + "</script>")
	}
	if d.meta != "" {
		fmt.Fprintf(&b, `<meta http-equiv="Content-Type" content="text/html; charset=%s">`, d.meta)
	}
	b.WriteString("<title>" + text + "</title></head><body><p>" + text + "</p></body></html>")
	return b.String()
}

// feed declares in its first line, the only place XML has for it; late ones are
// pushed past the first kilobyte by blanks.
func (d document) feed(text string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"`)
	if d.late {
		b.WriteString(strings.Repeat(" ", 1100))
	}
	if d.meta != "" {
		fmt.Fprintf(&b, ` encoding="%s"`, d.meta)
	}
	b.WriteString(`?><rss version="2.0"><channel><title>t</title><item><title>` + text + `</title></item></channel></rss>`)
	return b.String()
}

// What cannot be read in any charset is said to be garbled; never is it passed on
// as if it were text.
func TestUnreadableIsFlagged(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.Repeat("长治市潞州区昨天晚上停电三小时。", 20))
	if err != nil {
		t.Fatal(err)
	}
	// Every third byte is lost, as when a proxy masks what is not ASCII.
	masked := []byte(gbk)
	for i := 0; i < len(masked); i += 3 {
		masked[i] = '?'
	}
	const big = "長治市的居民說，這裡昨天晚上停電三小時，沒有人來修。"
	wrong, err := traditionalchinese.Big5.NewEncoder().String(strings.Repeat(big, 20))
	if err != nil {
		t.Fatal(err)
	}
	if wrong, err = simplifiedchinese.GBK.NewDecoder().String(wrong); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"every third byte lost":    string(masked),
		"Big5 read as GBK, stored": wrong,
		"noise":                    noise(2000),
		"replacement characters":   strings.Repeat("停\ufffd\ufffd电", 30),
	} {
		text, as := fetch.Decode([]byte(raw), "text/html; charset=utf-8")
		if err := fetch.CheckText("http://example.com/", text); err == nil {
			t.Errorf("%s passes as %s: %.60q", name, as, text)
		}
	}
}

// A site that read its own UTF-8 as GBK serves the result as good UTF-8.
func TestStoredInTheWrongCharset(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"停电了", "长治市潞州区昨天晚上停电三小时，居民说没有接到通知！", "<p>屯留区两个村断水</p>"} {
		wrong, err := simplifiedchinese.GB18030.NewDecoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := fetch.Decode([]byte(wrong), "")
		if strings.ContainsRune(wrong, '\ufffd') {
			if !fetch.IsGarbled(got) { // a byte was lost for good
				t.Errorf("%q passes as %q", text, got)
			}
		} else if got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
}

// noise is bytes beyond ASCII without sense, the same each time.
func noise(n int) string {
	x := uint32(7)
	b := make([]byte, n)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x>>24) | 0x80
	}
	return string(b)
}
