package slacktest

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// Socket is Slack's Socket Mode for tests.
type Socket struct {
	tb  testing.TB
	url string

	mu    sync.Mutex
	conn  *websocket.Conn
	acked map[string]bool
	opens int
}

// AppToken is what Socket Mode accepts.
const AppToken = "xapp-1-test-0123456789"

// StartSocket serves Socket Mode beside the API until the test ends.
func StartSocket(tb testing.TB, s *Server) *Socket {
	tb.Helper()
	k := &Socket{tb: tb, acked: make(map[string]bool)}
	s.mu.Lock()
	s.socket = k
	s.mu.Unlock()
	k.url = "ws" + s.http.URL[len("http"):] + "/socket"
	tb.Cleanup(k.Drop)
	return k
}

// open answers apps.connections.open.
func (k *Socket) open(token string) reply {
	if token != AppToken {
		return no("invalid_auth")
	}
	return yes(map[string]any{"url": k.url})
}

func (k *Socket) serve(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // clients name Slack
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	k.mu.Lock()
	k.conn = conn
	k.opens++
	_ = conn.WriteJSON(map[string]any{"type": "hello", "num_connections": 1})
	k.mu.Unlock()
	for {
		var got struct {
			EnvelopeID string `json:"envelope_id"`
		}
		if conn.ReadJSON(&got) != nil {
			return
		}
		k.mu.Lock()
		k.acked[got.EnvelopeID] = true
		k.mu.Unlock()
	}
}

// Opens counts the connections so far.
func (k *Socket) Opens() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.opens
}

// Drop breaks the connection.
func (k *Socket) Drop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.conn != nil {
		_ = k.conn.Close()
		k.conn = nil
	}
}

// Press sends a click and reports whether it was acknowledged in time.
func (k *Socket) Press(envelope string, payload json.RawMessage) bool {
	k.tb.Helper()
	deadline := time.Now().Add(10 * time.Second)
	sent := false
	for time.Now().Before(deadline) {
		k.mu.Lock()
		if k.acked[envelope] {
			k.mu.Unlock()
			return true
		}
		if k.conn != nil && !sent {
			sent = k.conn.WriteJSON(map[string]any{
				"type": "interactive", "envelope_id": envelope, "accepts_response_payload": true, "payload": payload,
			}) == nil
		}
		k.mu.Unlock()
		<-time.After(20 * time.Millisecond)
	}
	return false
}
