package rulebook

import (
	"context"
	"errors"
	"testing"
	"time"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
)

// TestJudgements records what people say and finds it again, the last word
// counting, and an explicit one before a section's click.
func TestJudgements(t *testing.T) {
	t.Parallel()
	ctx, now := t.Context(), time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	db := storetest.Open(t, storetest.SQLite(t))
	write := func(f func(context.Context, store.Tx) error) {
		t.Helper()
		if err := db.Write(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	write(func(ctx context.Context, tx store.Tx) error {
		for _, id := range []string{"E-1", "E-2", "E-3"} {
			_, err := tx.ExecContext(ctx, `INSERT INTO events (id,title,handling,category,grade,place,sections,consult,tags,toll,why,rules,step,posts,sources,first_seen,last_seen)
				VALUES (?,'','alert','interest','','','[]','[]','[]','{}','','',1,1,1,?,?)`, id, now, now)
			if err != nil {
				return err
			}
		}
		for _, id := range []string{"E-1", "E-2"} {
			if _, err := tx.ExecContext(ctx, `INSERT INTO acks VALUES (?,?,'mistaken','电力科','','','link',?)`, id, id, now); err != nil {
				return err
			}
		}
		for _, j := range []Judgement{False, True} {
			if _, err := RecordJudgement(ctx, tx, "E-2", Judged{Judgement: j, At: now}); err != nil {
				return err
			}
		}
		for range 2 { // the same text twice is one missed post
			if _, err := RecordMissed(ctx, tx, post.Post{Body: "换电柜炸了"}, verdict.Emergency, Judged{At: now}); err != nil {
				return err
			}
		}
		_, err := RecordMissed(ctx, tx, post.Post{ID: "P-9", Body: "停供"}, verdict.Interest, Judged{At: now})
		return err
	})
	said, err := judgements(ctx, db.Reader(), []string{"E-1", "E-2", "E-3", "P-9"})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]Judgement{"E-1": False, "E-2": True, "E-3": "", "P-9": True} {
		if said[id] != want {
			t.Errorf("%s: %q, want %q", id, said[id], want)
		}
	}
	for since, want := range map[time.Time]int{now.Add(-time.Hour): 2, now.Add(time.Hour): 0} {
		if got, err := Missed(ctx, db.Reader(), since); err != nil || len(got) != want {
			t.Errorf("missed since %v: %v, %v", since, got, err)
		}
	}
	if _, err := Find(ctx, db.Reader(), "nosuch"); !errors.Is(err, ErrNoSubject) {
		t.Errorf("an unknown id: %v", err)
	}
}
