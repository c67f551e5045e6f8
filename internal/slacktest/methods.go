package slacktest

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Server) post(form url.Values) reply {
	channel := form.Get("channel")
	if !slices.Contains(s.o.Channels, channel) {
		return no("channel_not_found")
	}
	m, code := read(form)
	if code != "" {
		return no(code)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.o.PerChannel > 0 {
		if now.Before(s.hold[channel]) {
			s.early++
		}
		if wait := s.last[channel].Add(s.o.PerChannel).Sub(now); wait > 0 {
			seconds := int(math.Ceil(wait.Seconds()))
			s.hold[channel] = now.Add(time.Duration(seconds) * time.Second)
			r := no("ratelimited")
			r.retryAfter = seconds
			return r
		}
	}
	if m.ThreadTS != "" && !slices.ContainsFunc(s.messages, func(p Message) bool {
		return p.Channel == channel && p.TS == m.ThreadTS
	}) {
		m.ThreadTS = "" // Slack posts an answer to a deleted message on its own
	}
	s.last[channel] = now
	s.seq++
	m.Channel, m.At = channel, now
	m.TS = fmt.Sprintf("%d.%06d", now.Unix(), s.seq)
	s.messages = append(s.messages, m)
	return yes(map[string]any{"channel": channel, "ts": m.TS, "message": m.json(true)})
}

func (s *Server) update(form url.Values) reply {
	m, code := read(form)
	if code != "" {
		return no(code)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.messages {
		old := &s.messages[i]
		if old.Channel == form.Get("channel") && old.TS == form.Get("ts") {
			old.Text, old.Blocks, old.Form = m.Text, m.Blocks, m.Form
			return yes(map[string]any{"channel": old.Channel, "ts": old.TS, "text": old.Text})
		}
	}
	return no("message_not_found")
}

// read checks a message as Slack does and returns Slack's code for what is wrong.
func read(form url.Values) (Message, string) {
	m := Message{
		ThreadTS:  form.Get("thread_ts"),
		Broadcast: form.Get("reply_broadcast") == "true",
		Text:      form.Get("text"),
		Form:      form,
	}
	if m.Text == "" && form.Get("blocks") == "" {
		return m, "no_text"
	}
	if len([]rune(m.Text)) > 40000 {
		return m, "msg_too_long"
	}
	if blocks := form.Get("blocks"); blocks != "" {
		if code := checkBlocks([]byte(blocks)); code != "" {
			return m, code
		}
		m.Blocks = json.RawMessage(blocks)
	}
	if meta := form.Get("metadata"); meta != "" {
		var parsed struct {
			EventType    string            `json:"event_type"`
			EventPayload map[string]string `json:"event_payload"`
		}
		if err := json.Unmarshal([]byte(meta), &parsed); err != nil || parsed.EventType == "" || parsed.EventPayload == nil {
			return m, "invalid_metadata_format"
		}
		m.metadata = json.RawMessage(meta)
		m.Delivery = parsed.EventPayload["delivery"]
	}
	return m, ""
}

func (m Message) json(meta bool) map[string]any {
	out := map[string]any{"type": "message", "ts": m.TS, "text": m.Text, "bot_id": "B1"}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
		if m.Broadcast {
			out["subtype"] = "thread_broadcast"
		}
	}
	if meta && m.metadata != nil {
		out["metadata"] = m.metadata
	}
	return out
}

// tooMany refuses a reading that is over the rate.
func (s *Server) tooMany() (reply, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.o.ReadsPerMinute == 0 {
		return reply{}, false
	}
	if now.Before(s.closed) {
		s.early++
	}
	s.reads = slices.DeleteFunc(s.reads, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	if len(s.reads) < s.o.ReadsPerMinute && !now.Before(s.closed) {
		s.reads = append(s.reads, now)
		return reply{}, false
	}
	r := no("ratelimited")
	r.retryAfter = 30
	s.closed = now.Add(30 * time.Second)
	return r, true
}

// history lists a channel newest first, or a thread oldest first, in pages. Like
// Slack's, a channel's history leaves out answers that were not broadcast.
func (s *Server) history(form url.Values, thread string) reply {
	channel := form.Get("channel")
	if !slices.Contains(s.o.Channels, channel) {
		return no("channel_not_found")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Message
	for _, m := range s.messages {
		switch {
		case m.Channel != channel:
		case thread == "" && m.ThreadTS != "" && !m.Broadcast:
		case thread != "" && m.TS != thread && m.ThreadTS != thread:
		case m.TS != thread && seconds(m.TS) < seconds(form.Get("oldest")):
		default:
			list = append(list, m)
		}
	}
	if thread != "" && (len(list) == 0 || list[0].TS != thread) {
		return no("thread_not_found")
	}
	if thread == "" {
		slices.Reverse(list)
	}
	start, limit := 0, 100
	if c, ok := strings.CutPrefix(form.Get("cursor"), "at:"); ok {
		start, _ = strconv.Atoi(c)
	}
	if n, err := strconv.Atoi(form.Get("limit")); err == nil && n > 0 {
		limit = min(n, 999)
	}
	end := min(start+limit, len(list))
	page := make([]map[string]any, 0, limit)
	for _, m := range list[min(start, end):end] {
		page = append(page, m.json(form.Get("include_all_metadata") == "1"))
	}
	next := ""
	if end < len(list) {
		next = fmt.Sprint("at:", end)
	}
	return yes(map[string]any{
		"messages": page, "has_more": next != "",
		"response_metadata": map[string]any{"next_cursor": next},
	})
}

func seconds(ts string) float64 {
	f, err := strconv.ParseFloat(ts, 64)
	if err != nil {
		return 0
	}
	return f
}
