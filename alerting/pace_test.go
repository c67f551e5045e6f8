package alerting_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"huiying/alerting"
)

// drain plays deliveries that come back when they are told to, and returns when
// each was sent, in seconds from the start.
func drain(t *testing.T, p *alerting.Pace, start time.Time, come map[string]time.Duration, urgent string) map[string]float64 {
	t.Helper()
	sent := make(map[string]float64)
	at := make(map[string]time.Time)
	for id, d := range come {
		at[id] = start.Add(d)
	}
	var last time.Time
	for range 100 * len(come) {
		if len(at) == 0 {
			return sent
		}
		id := ""
		for one := range at {
			if id == "" || at[one].Before(at[id]) || at[one].Equal(at[id]) && one < id {
				id = one
			}
		}
		now := at[id]
		u := alerting.Routine
		if id == urgent {
			u = alerting.Gravest
		}
		wait := p.Turn(id, u, now)
		if wait > 0 {
			at[id] = now.Add(wait)
			continue
		}
		if !last.IsZero() && now.Sub(last) < time.Second {
			t.Fatalf("%s sent %v after the one before", id, now.Sub(last))
		}
		last = now
		sent[id] = now.Sub(start).Seconds()
		delete(at, id)
	}
	t.Fatalf("%d never sent", len(at))
	return nil
}

func TestPace(t *testing.T) {
	t.Parallel()
	start := newClock().Now()
	t.Run("a backlog leaves one a second, the urgent one next", func(t *testing.T) {
		t.Parallel()
		come := map[string]time.Duration{"urgent": 10500 * time.Millisecond}
		for i := range 1000 {
			come[fmt.Sprintf("d%04d", i)] = time.Duration(i) * time.Millisecond
		}
		sent := drain(t, alerting.NewPace(time.Second), start, come, "urgent")
		if wait := sent["urgent"] - 10.5; wait > 2 {
			t.Errorf("the urgent one waited %v s, over two turns", wait)
		}
		var times []float64
		for _, at := range sent {
			times = append(times, at)
		}
		if worst := slices.Max(times); worst > 1001 {
			t.Errorf("1001 messages took %v s", worst)
		}
	})
	t.Run("held while the platform asks", func(t *testing.T) {
		t.Parallel()
		p := alerting.NewPace(time.Second)
		p.Turn("a", alerting.Routine, start)
		p.Turn("b", alerting.Routine, start)
		p.Hold(start.Add(30 * time.Second))
		sent := drain(t, p, start, map[string]time.Duration{"b": 0, "c": 0, "u": 0}, "u")
		for id, at := range sent {
			if at < 30 {
				t.Errorf("%s sent after %v s, want 30", id, at)
			}
		}
		if sent["u"] != 30 {
			t.Errorf("the urgent one went after %v s", sent["u"])
		}
	})
	t.Run("deliveries that never come back cost nothing for long", func(t *testing.T) {
		t.Parallel()
		p := alerting.NewPace(time.Second)
		for i := range 100 {
			p.Turn(fmt.Sprint("gone", i), alerting.Routine, start)
		}
		later := start.Add(15 * time.Minute)
		if w := p.Turn("a", alerting.Routine, later); w != 0 {
			t.Errorf("waits %v", w)
		}
		if w := p.Turn("b", alerting.Routine, later.Add(time.Second)); w != 0 {
			t.Errorf("waits %v", w)
		}
	})
}

// TestBurst holds the buckets of the robots to what their platforms allow in any
// stretch of time, whoever comes when, and sees that a first alert need not wait.
func TestBurst(t *testing.T) {
	t.Parallel()
	start := newClock().Now()
	tests := map[string]struct {
		per    time.Duration
		burst  int
		window time.Duration
		most   int
	}{
		"wecom and dingtalk": {4 * time.Second, 5, time.Minute, 20},
		"feishu, a second":   {750 * time.Millisecond, 3, time.Second, 5},
		"feishu, a minute":   {750 * time.Millisecond, 3, time.Minute, 100},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := alerting.NewBurst(test.per, test.burst)
			at := make(map[string]time.Duration)
			for i := range 200 {
				at[fmt.Sprintf("d%03d", i)] = time.Duration(i/40) * time.Minute
			}
			var sent []time.Duration
			for len(at) > 0 {
				id := ""
				for one := range at {
					if id == "" || at[one] < at[id] || at[one] == at[id] && one < id {
						id = one
					}
				}
				if wait := p.Turn(id, alerting.Routine, start.Add(at[id])); wait > 0 {
					at[id] += wait
					continue
				}
				p.Began(start.Add(at[id] + 10*time.Millisecond))
				sent = append(sent, at[id])
				delete(at, id)
			}
			if sent[test.burst-1] > 100*time.Millisecond {
				t.Errorf("message %d waited %v", test.burst, sent[test.burst-1])
			}
			for i := range sent {
				n := 0
				for _, later := range sent[i:] {
					if later-sent[i] < test.window {
						n++
					}
				}
				if n > test.most {
					t.Fatalf("%d messages in %v from %v on, at most %d are allowed", n, test.window, sent[i], test.most)
				}
			}
			if ideal := time.Duration(len(sent)-test.burst) * test.per; sent[len(sent)-1] > ideal+5*time.Minute {
				t.Errorf("the last left after %v, ideal is %v", sent[len(sent)-1], ideal)
			}
		})
	}
}
