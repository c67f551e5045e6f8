package test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// reader reads messages as the platforms do, and finds who is called and which
// addresses can be clicked.
type reader struct {
	t *testing.T
	// ours are the beginnings of the addresses that may be there.
	ours []string
	// counts of what was found, and of what was read.
	mentions, foreign, read int
}

var (
	// slackMarks is what Slack takes for its own in text (Slack: formatting text for
	// app surfaces).
	slackMarks = regexp.MustCompile(`<([^<>]*)>`)
	// bare is what clients make links of by themselves.
	bare = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s<>"]*|(?:^|[^\pL\pN@./-])(?:[\pL\pN-]+\.)+(?:com|cn|net|org|invalid|example|中国)\b`)
	// called is how a person or everybody is called in texts.
	called = regexp.MustCompile(`(?i)<@|<!|@(?:all|channel|here|everyone|所有人|[0-9]{11})|<at\b`)
	// inMarkdown are links and pictures.
	inMarkdown = regexp.MustCompile(`!?\[[^\]\n]*\]\(([^)\s]*)[^)]*\)`)
	// fonts are the colours of WeCom's dialect.
	fonts = regexp.MustCompile(`</?font(?: color="(?:info|comment|warning)")?>`)
)

func (r *reader) mention(where, text string) {
	if hit := called.FindString(text); hit != "" {
		r.mentions++
		r.t.Errorf("%s: %q calls somebody in %.300q", where, hit, text)
	}
}

func (r *reader) link(where, address string) {
	if !slices.ContainsFunc(r.ours, func(base string) bool { return strings.HasPrefix(address, base) }) {
		r.foreign++
		r.t.Errorf("%s: a link to %q", where, address)
	}
}

// plain is text in which clients look for addresses by themselves.
func (r *reader) plain(where, text string) {
	r.read++
	r.mention(where, text)
	for _, hit := range bare.FindAllString(text, -1) {
		r.link(where, strings.TrimSpace(hit))
	}
	if i := strings.IndexAny(text, "\x00\x1b\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b"); i >= 0 {
		r.t.Errorf("%s: %q is left", where, text[i:min(len(text), i+8)])
	}
}

// slack reads what chat.postMessage was asked.
func (r *reader) slack(body string) {
	form, err := url.ParseQuery(body)
	if err != nil {
		r.t.Fatal(err)
	}
	if form.Get("link_names") == "true" || form.Get("link_names") == "1" || form.Get("parse") == "full" || form.Get("unfurl_links") != "false" || form.Get("unfurl_media") != "false" {
		r.t.Errorf("slack: asked to make links: %v", form)
	}
	r.mrkdwn(form.Get("text"))
	var blocks any
	if form.Get("blocks") == "" {
		return
	}
	if err := json.Unmarshal([]byte(form.Get("blocks")), &blocks); err != nil {
		r.t.Fatal(err)
	}
	eachObject(blocks, func(m map[string]any) {
		text, _ := m["text"].(string)
		switch m["type"] {
		case "plain_text":
			r.plain("slack", text)
		case "mrkdwn":
			r.mrkdwn(text)
		}
		for _, key := range []string{"url", "image_url"} {
			if address, ok := m[key].(string); ok {
				r.link("slack", address)
			}
		}
	})
}

func (r *reader) mrkdwn(text string) {
	for _, found := range slackMarks.FindAllStringSubmatch(text, -1) {
		address, _, _ := strings.Cut(found[1], "|")
		if strings.HasPrefix(address, "@") || strings.HasPrefix(address, "!") || strings.HasPrefix(address, "#") {
			r.mentions++
			r.t.Errorf("slack: %q", found[0])
			continue
		}
		r.link("slack", html.UnescapeString(address))
	}
	r.plain("slack", html.UnescapeString(slackMarks.ReplaceAllString(text, "")))
}

// wecom reads a markdown message.
func (r *reader) wecom(body string) {
	var m map[string]map[string]any
	_ = json.Unmarshal([]byte(body), &m) // "msgtype" is no map
	var kind struct{ MsgType string }
	if err := json.Unmarshal([]byte(body), &kind); err != nil || kind.MsgType != "markdown" || len(m["markdown"]) != 1 {
		r.t.Errorf("wecom: %v %q %v", err, kind.MsgType, m)
	}
	text, _ := m["markdown"]["content"].(string)
	r.markdown("wecom", fonts.ReplaceAllString(text, ""))
}

func (r *reader) markdown(where, text string) {
	for _, found := range inMarkdown.FindAllStringSubmatch(text, -1) {
		r.link(where, found[1])
	}
	text = inMarkdown.ReplaceAllString(text, "")
	if i := strings.IndexByte(text, '<'); i >= 0 {
		r.t.Errorf("%s: a tag in %.80q", where, text[i:])
	}
	r.plain(where, text)
}

// dingtalk reads an action card or markdown.
func (r *reader) dingtalk(body string) {
	var m any
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		r.t.Fatal(err)
	}
	eachObject(m, func(m map[string]any) {
		if at, ok := m["at"]; ok {
			r.mentions++
			r.t.Errorf("dingtalk: at %v", at)
		}
		for key, v := range m {
			text, _ := v.(string)
			switch key {
			case "text", "title":
				r.markdown("dingtalk", text)
			case "actionURL", "singleURL", "messageUrl", "picUrl":
				r.link("dingtalk", text)
			}
		}
	})
}

// feishu reads a card.
func (r *reader) feishu(body string) {
	var m any
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		r.t.Fatal(err)
	}
	eachObject(m, func(m map[string]any) {
		text, _ := m["content"].(string)
		switch m["tag"] {
		case "at", "a", "img", "person":
			r.mentions++
			r.t.Errorf("feishu: %v", m)
		case "lark_md", "markdown":
			r.markdown("feishu", text)
		case "plain_text":
			r.plain("feishu", text)
		}
		if address, ok := m["url"].(string); ok {
			r.link("feishu", address)
		}
	})
}

// mail reads a mail with both its bodies, and returns what it says.
func (r *reader) mail(raw, to string) string {
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		r.t.Fatalf("no mail: %v", err)
	}
	for _, header := range []string{"Bcc", "Cc", "Reply-To"} {
		if v := m.Header.Get(header); v != "" {
			r.t.Errorf("mail: %s: %s", header, v)
		}
	}
	if got, err := m.Header.AddressList("To"); err != nil || len(got) != 1 || got[0].Address != to {
		r.t.Errorf("mail: to %v (%v)", got, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		r.t.Errorf("mail: subject: %v", err)
	}
	r.plain("mail subject", subject)
	said := subject
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		r.t.Fatal(err)
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err != nil {
			break
		}
		var body io.Reader = part
		switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
		case "quoted-printable":
			body = quotedprintable.NewReader(part)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, part)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			r.t.Fatal(err)
		}
		said += "\n" + string(text)
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			r.html("mail", string(text))
		} else {
			r.plain("mail", string(text))
		}
	}
	return said
}

// html reads a page: its links, its texts, and whether anything in it runs.
func (r *reader) html(where, page string) {
	z := html.NewTokenizer(strings.NewReader(page))
	for style := false; ; {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if !style && where == "mail" { // a page calls nobody
				r.mention(where, string(z.Text()))
			}
		case html.EndTagToken:
			style = false
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			style = token.Data == "style"
			switch token.Data {
			case "iframe", "object", "embed", "base":
				r.t.Errorf("%s: %v", where, token)
			}
			for _, a := range token.Attr {
				switch {
				case strings.HasPrefix(a.Key, "on"):
					r.t.Errorf("%s: %v", where, token)
				case (a.Key == "href" || a.Key == "src") && strings.Contains(a.Val, ":"):
					r.link(where, a.Val)
				}
			}
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

func eachObject(v any, see func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		see(v)
		for _, one := range v {
			eachObject(one, see)
		}
	case []any:
		for _, one := range v {
			eachObject(one, see)
		}
	}
}
