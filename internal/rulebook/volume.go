package rulebook

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huiying/internal/post"
	"huiying/internal/store"
)

// volumePosts bounds how many posts, the latest, are looked at for a volume.
const volumePosts = 20_000

// Volume is how often texts stand in the posts of the last days.
type Volume struct {
	// Days is the time that was really looked at, at most what was asked for.
	Days  float64
	Posts int
	hits  map[string]int
}

// PerDay is how many posts a day hold the text.
func (v Volume) PerDay(text string) float64 { return float64(v.hits[text]) / max(v.Days, 1) }

// CountWords counts the latest posts, of the days before now, that hold each word
// as it is written. It is quick and rough: what a rule would make of them is a
// replay's matter.
func CountWords(ctx context.Context, db store.Conn, words []string, days int, now time.Time) (Volume, error) {
	v := Volume{hits: map[string]int{}}
	oldest := now
	for p, err := range post.Latest(ctx, db, now.AddDate(0, 0, -days), volumePosts) {
		if err != nil {
			return v, fmt.Errorf("count words in the archive: %w", err)
		}
		v.Posts++
		oldest = p.FirstSeen
		for _, w := range words {
			if strings.Contains(p.Title, w) || strings.Contains(p.Body, w) {
				v.hits[w]++
			}
		}
	}
	v.Days = now.Sub(oldest).Hours() / 24
	return v, nil
}

// ShortWords lists the one-character words that findings warn of.
func ShortWords(all []Finding) []string {
	var out []string
	for _, x := range all {
		if w := x.short(); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// short is the word that a W021 is about.
func (x Finding) short() string {
	if x.Code != "W021" || x.Line < 1 || x.Line > len(x.lines) {
		return ""
	}
	r := []rune(x.lines[x.Line-1])
	at := x.Column - 1
	if at >= 0 && at < len(r) && (r[at] == '"' || r[at] == '\'') {
		at++
	}
	if at < 0 || at >= len(r) {
		return ""
	}
	return string(r[at])
}

// Measure adds to warnings of short words how many posts a day hold them.
func Measure(all []Finding, v Volume) {
	if v.Posts == 0 {
		return
	}
	for i := range all {
		if w := all[i].short(); w != "" {
			all[i].Message += fmt.Sprintf("; 过去 %.0f 天平均每天有 %.0f 条帖子写到它", max(v.Days, 1), v.PerDay(w))
		}
	}
}
