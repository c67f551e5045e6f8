package pictures

import (
	_ "embed"
	"html"
	"html/template"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

//go:embed phone.html
var phone string

// frame puts a message into the look of a platform's app.
func frame(t *testing.T, name string, message template.HTML) template.HTML {
	t.Helper()
	titles := map[string]string{"slack": "# 能源局-煤炭科", "wecom": "煤炭科值班群", "dingtalk": "煤炭科值班群", "feishu": "煤炭科值班群", "email": "收件箱"}
	apps := map[string]string{"slack": "Slack", "wecom": "企业微信", "dingtalk": "钉钉", "feishu": "飞书", "email": "邮件"}
	var b strings.Builder
	err := template.Must(template.New("phone").Parse(phone)).Execute(&b, map[string]any{
		"Name": name, "Title": titles[name], "App": apps[name], "Message": message,
	})
	if err != nil {
		t.Fatal(err)
	}
	return template.HTML(b.String())
}

// plain is text in which the platform reads no markup.
func plain(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>") }

// mrkdwn reads Slack's links, the only markup that huiying writes.
func mrkdwn(s string) string {
	link := regexp.MustCompile(`<(https?://[^|>]*)\|([^>]*)>`)
	var b strings.Builder
	for s != "" {
		at := link.FindStringSubmatchIndex(s)
		if at == nil {
			break
		}
		b.WriteString(plain(html.UnescapeString(s[:at[0]])) + "<a>" + plain(html.UnescapeString(s[at[4]:at[5]])) + "</a>")
		s = s[at[1]:]
	}
	return b.String() + plain(html.UnescapeString(s))
}

// markdown reads the dialects of WeCom and DingTalk as far as huiying writes them:
// headings, quotes, bold, colours and links.
func markdown(s string) template.HTML {
	inline := func(s string) string {
		s = html.EscapeString(s)
		s = regexp.MustCompile(`&lt;font color=&#34;(\w+)&#34;&gt;(.*?)&lt;/font&gt;`).ReplaceAllString(s, `<i class="$1">$2</i>`)
		s = regexp.MustCompile(`\*\*(.+?)\*\*`).ReplaceAllString(s, `<b>$1</b>`)
		return regexp.MustCompile(`\[([^\]]*)\]\(https?://[^)]*\)`).ReplaceAllString(s, `<a>$1</a>`)
	}
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		switch {
		case line == "":
		case strings.HasPrefix(line, "### "):
			b.WriteString("<h3>" + inline(line[4:]) + "</h3>")
		case strings.HasPrefix(line, "> "):
			b.WriteString("<blockquote>" + inline(line[2:]) + "</blockquote>")
		default:
			b.WriteString("<p>" + inline(line) + "</p>")
		}
	}
	return template.HTML(b.String())
}

// mailHTML is the HTML of a mail, under its head as a mail program shows it.
func mailHTML(t *testing.T, raw string) template.HTML {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatalf("no HTML in the mail: %v", err)
		}
		if !strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			continue
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(text), "<body")
		_, body, _ = strings.Cut(body, ">")
		body, _, _ = strings.Cut(body, "</body>")
		head := `<div class="mailhead"><b>` + plain(subject) + `</b><br>发件人 ` + plain(m.Header.Get("From")) + `<br>收件人 ` + plain(m.Header.Get("To")) + `</div>`
		return template.HTML(head + body)
	}
}

// squeeze writes a picture with its 256 most frequent colours, which is all that
// text needs and a third of the bytes.
func squeeze(t *testing.T, from, to string) {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	shot, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	count := map[color.RGBA]int{}
	b := shot.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[color.RGBAModel.Convert(shot.At(x, y)).(color.RGBA)]++
		}
	}
	colors := make([]color.RGBA, 0, len(count))
	for c := range count {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return (int(a.R)<<16 | int(a.G)<<8 | int(a.B)) - (int(b.R)<<16 | int(b.G)<<8 | int(b.B))
	})
	var p color.Palette
	for _, c := range colors[:min(len(colors), 256)] {
		p = append(p, c)
	}
	out := image.NewPaletted(b, p)
	draw.Draw(out, b, shot, b.Min, draw.Src)
	w, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(w, out); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || info.Size() > 150<<10 {
		t.Errorf("%s: %d bytes, %v", to, info.Size(), err)
	}
}
