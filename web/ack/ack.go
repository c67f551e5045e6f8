// Package ack serves the one page that people reach from outside: a signed link in
// a message leads to it, and on it a section says that it has taken a matter on.
// A GET only shows, since programs that preview links fetch them; a POST acts.
package ack

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // the page
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/internal/safetext"
	"huiying/internal/zh"
	"huiying/response"
)

const (
	// maxForm bounds a form, in bytes; maxNote a note, in characters.
	maxForm = 16 << 10
	maxNote = 500
	// actTime bounds one request.
	actTime = 10 * time.Second
)

//go:embed page.html
var pageText string

//go:embed page.css
var css string

// Options say what a Handler needs; all but Now and Log are required.
type Options struct {
	// Read returns the delivery of a token.
	Read func(token string) (deliveryID string, err error)
	// Look returns what stands about the event of a delivery.
	Look func(ctx context.Context, deliveryID string) (View, error)
	// Do does what was chosen.
	Do func(ctx context.Context, d response.Action) (response.Case, error)
	// Sections are those that may act and take over.
	Sections []string
	// Now defaults to time.Now.
	Now func() time.Time
	// Log defaults to none.
	Log *slog.Logger
}

// View is what the page shows of a delivery.
type View struct {
	EventID string
	// Receiver is whom the message was for.
	Receiver string
	// Headline is the notice's.
	Headline string
	Case     response.Case
	// Log is what was done about it, Gates what must be cleared before it is done with.
	Log   []response.Line
	Gates []response.Gate
}

// Handler serves /a/{token} and nothing else.
type Handler struct {
	o    Options
	page *template.Template
	csp  string
}

// New prepares the page.
func New(o Options) (*Handler, error) {
	if o.Read == nil || o.Look == nil || o.Do == nil {
		return nil, errors.New("ack: needs Read, Look and Do")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	page, err := template.New("ack").Funcs(template.FuncMap{
		"plain": safetext.Line,
		"stamp": zh.Stamp,
		"css":   func() template.CSS { return template.CSS(css) }, //nolint:gosec // Our own file.
	}).Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("ack: page: %w", err)
	}
	sum := sha256.Sum256([]byte(css))
	return &Handler{o: o, page: page, csp: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"}, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", h.csp)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Robots-Tag", "noindex, nofollow")
	header.Set("Cache-Control", "no-store")
	ctx, cancel := context.WithTimeout(r.Context(), actTime)
	defer cancel()
	token, ok := strings.CutPrefix(r.URL.Path, "/a/")
	if !ok || token == "" || strings.Contains(token, "/") {
		h.say(w, http.StatusNotFound, "没有这个页面。")
		return
	}
	id, err := h.o.Read(token)
	switch {
	case errors.Is(err, alerting.ErrExpired):
		h.say(w, http.StatusGone, "这个链接已过期。请从事件页或新的消息进入，或告知局办公室。")
		return
	case err != nil:
		h.say(w, http.StatusNotFound, "没有这个页面：链接不完整或不是本系统发出的。请从消息里整段复制。")
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		h.show(ctx, w, id, "", http.StatusOK)
	case http.MethodPost:
		h.act(ctx, w, r, id)
	default:
		header.Set("Allow", "GET, HEAD, POST")
		h.say(w, http.StatusMethodNotAllowed, "不支持这种请求。")
	}
}

func (h *Handler) act(ctx context.Context, w http.ResponseWriter, r *http.Request, id string) {
	// Another site's form in a reader's browser does not act for the reader.
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		h.say(w, http.StatusForbidden, "请求来自别的网站，没有执行。")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		h.say(w, http.StatusBadRequest, "表单读不了，没有执行。请退回重填。")
		return
	}
	v, err := h.o.Look(ctx, id)
	if err != nil {
		h.trouble(ctx, w, id, err)
		return
	}
	d := response.Action{
		EventID: v.EventID, Act: alerting.Act(r.PostForm.Get("act")), Section: r.PostForm.Get("section"), Via: "link",
		To: r.PostForm.Get("to"), URL: r.PostForm.Get("url"), Note: safetext.Cut(safetext.Line(r.PostForm.Get("note")), maxNote),
	}
	if d.Act != alerting.HandOver {
		d.To = ""
	}
	if d.URL != "" {
		if safetext.ParseLink(d.URL) == nil {
			h.show(ctx, w, id, "答复链接不是网址：请写以 http:// 或 https:// 开头、不带用户名和密码的地址。", http.StatusUnprocessableEntity)
			return
		}
	}
	if _, err := h.o.Do(ctx, d); err != nil {
		h.o.Log.WarnContext(ctx, "an act on an alert was not done", "delivery", id, "act", string(d.Act), "error", err)
		if _, refused := errors.AsType[*response.RefusedError](err); !refused {
			h.trouble(ctx, w, id, err)
			return
		}
		h.show(ctx, w, id, "没有执行："+err.Error()+"。", http.StatusUnprocessableEntity)
		return
	}
	h.show(ctx, w, id, "已登记：“"+d.Act.Name()+"”。所有收到这件事的人都会收到通知。", http.StatusOK)
}

// screen is what the page shows.
type screen struct {
	View

	Said     string
	Sections []string
	Clocks   []string
	Done     []string
	// Open are the gates that are not clear.
	Open     string
	Answered bool
}

func (h *Handler) show(ctx context.Context, w http.ResponseWriter, id, said string, status int) {
	v, err := h.o.Look(ctx, id)
	if err != nil {
		h.trouble(ctx, w, id, err)
		return
	}
	s := screen{View: v, Said: said, Sections: h.o.Sections, Answered: v.Case.ID != "" && !v.Case.Status.Waits()}
	for _, c := range v.Case.Clocks {
		s.Clocks = append(s.Clocks, c.Kind.Name()+"："+zh.Stamp(c.DueAt)+" 到期，"+c.Words(h.o.Now()))
	}
	for _, l := range v.Log {
		line := zh.Stamp(l.At) + " " + l.By + " " + l.Did
		if l.Note != "" {
			line += "：" + l.Note
		}
		s.Done = append(s.Done, line)
	}
	if s.Open = response.Barred(v.Gates); s.Open != "" {
		s.Open += "（办结前要登记）"
	}
	h.render(w, status, s)
}

func (h *Handler) trouble(ctx context.Context, w http.ResponseWriter, id string, err error) {
	h.o.Log.ErrorContext(ctx, "acknowledgement page", "delivery", id, "error", err)
	h.say(w, http.StatusServiceUnavailable, "系统暂时读不到数据，没有执行。请稍后再试，急事请直接电话联系局办公室。")
}

func (h *Handler) say(w http.ResponseWriter, status int, text string) {
	h.render(w, status, screen{Said: text})
}

func (h *Handler) render(w http.ResponseWriter, status int, s screen) {
	var b bytes.Buffer
	if err := h.page.Execute(&b, s); err != nil {
		http.Error(w, "页面出错。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader has gone
}
