package digest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/store/views"
	"huiying/internal/zh"
)

// Silenced is one matter of which nobody was sent a message because a person had
// silenced it: silenced is never absent.
type Silenced struct {
	// Silence is its id; What says what it silences, Reason and Author why and who.
	Silence string    `json:"silence"`
	What    string    `json:"what"`
	Reason  string    `json:"reason"`
	Author  string    `json:"author"`
	Until   time.Time `json:"until"`
	// EventID and Headline are of the matter; Notices counts what was held back.
	// All three are zero for a silence that held nothing back.
	EventID  string    `json:"event_id,omitempty"`
	Headline string    `json:"headline,omitempty"`
	Notices  int       `json:"notices"`
	At       time.Time `json:"at,omitzero"`
}

// HeldBy lists the matters that a silence held back, oldest first.
func HeldBy(ctx context.Context, db store.Conn, silence string) ([]Silenced, error) {
	s, err := alerting.FindSilence(ctx, db, silence)
	if err != nil {
		return nil, err
	}
	return held(ctx, db, []alerting.Silence{s}, time.Time{}, time.Time{})
}

// held lists by silence what was held back, of notices made in [from, to) where these
// are set.
func held(ctx context.Context, db store.Conn, silences []alerting.Silence, from, to time.Time) ([]Silenced, error) {
	list := []Silenced{}
	for _, s := range silences {
		rows, err := views.HeldBackBy(ctx, db, s.ID, from, to)
		if err != nil {
			return nil, err
		}
		at := map[string]int{}
		for _, r := range rows {
			if i, ok := at[r.EventID]; ok {
				list[i].Notices++
				continue
			}
			at[r.EventID] = len(list)
			list = append(list, Silenced{
				Silence: s.ID, What: s.String(), Reason: s.Reason, Author: s.Author, Until: end(s).In(zh.Beijing()),
				EventID: r.EventID, Headline: r.Content.Headline, Notices: 1, At: r.CreatedAt.In(zh.Beijing()),
			})
		}
	}
	return list, nil
}

// end is when a silence ends or ended.
func end(s alerting.Silence) time.Time {
	if !s.EndedAt.IsZero() {
		return s.EndedAt
	}
	return s.EndsAt
}

// collectSilenced lists what the period's silences held back in it, and those that
// held back nothing.
func collectSilenced(ctx context.Context, db store.Conn, r *Report) error {
	all, err := alerting.SilencesSince(ctx, db, r.From)
	if err != nil {
		return err
	}
	for _, s := range all {
		if !s.CreatedAt.Before(r.To) {
			continue
		}
		list, err := held(ctx, db, []alerting.Silence{s}, r.From, r.To)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			list = []Silenced{{Silence: s.ID, What: s.String(), Reason: s.Reason, Author: s.Author, Until: end(s).In(zh.Beijing())}}
		}
		r.Silenced = append(r.Silenced, list...)
	}
	return nil
}

// silencedMatters counts the matters held back.
func (r Report) silencedMatters() int {
	n := 0
	for _, s := range r.Silenced {
		if s.EventID != "" {
			n++
		}
	}
	return n
}

// silencedSentence says how many matters were held back, and why.
func silencedSentence(r Report) string {
	if len(r.Silenced) == 0 {
		return ""
	}
	var reasons []string
	seen := map[string]bool{}
	for _, s := range r.Silenced {
		if !seen[s.Silence] {
			seen[s.Silence] = true
			reasons = append(reasons, s.Reason)
		}
	}
	if r.silencedMatters() == 0 {
		return fmt.Sprintf("有静默 %d 条（%s），本期没有压下消息。", len(reasons), list(reasons))
	}
	return fmt.Sprintf("被静默 %d 件（%s），没有发消息，时限照走。", r.silencedMatters(), strings.TrimSuffix(list(reasons), "。"))
}

// silencedMost is how many silenced matters a chat message names.
const silencedMost = 5

// silencedField names what was held back, each with its reason.
func silencedField(r Report) string {
	var parts []string
	more := 0
	for _, s := range r.Silenced {
		switch {
		case len(parts) == silencedMost:
			more++
		case s.EventID == "":
			parts = append(parts, safetext.Excerpt(s.What, 40)+"（"+s.Reason+"，至 "+zh.Stamp(s.Until)+"）：没有压下消息")
		default:
			parts = append(parts, safetext.Excerpt(s.Headline, 40)+"（"+s.Reason+"，至 "+zh.Stamp(s.Until)+"）")
		}
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("另有 %d 件", more))
	}
	return strings.Join(parts, "；")
}
