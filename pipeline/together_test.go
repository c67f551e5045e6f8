package pipeline_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"huiying/event"
	"huiying/internal/pgtest"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/pipeline"
	"huiying/response"
)

// TestAnActIsNotLostToAPostOfTheSameMoment: on PostgreSQL a person may hand an event
// over in the very moment in which a post joins it.
func TestAnActIsNotLostToAPostOfTheSameMoment(t *testing.T) {
	t.Parallel()
	h := open(t, store.Options{Driver: store.Postgres, URL: pgtest.Start(t).Database(t)}, nil)
	first := h.process(t, newPost("a", "http://a/1", "某矿透水，3人被困，正在救援"))[0]
	type result struct {
		outcomes []pipeline.Outcome
		err      error
	}
	done := make(chan result, 1)
	err := h.db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, e, err := response.Resolve(ctx, tx, first.Event.ID)
		if err != nil {
			return err
		}
		e.Sections = append(e.Sections, "电力科")
		if _, err := tx.NewUpdate().Model(&e).Column("sections").WherePK().Exec(ctx); err != nil {
			return err
		}
		go func() {
			outcomes, err := h.Process(context.WithoutCancel(ctx), []post.Post{newPost("b", "http://b/1", "某矿透水，3人被困，正在救援")})
			done <- result{outcomes, err}
		}()
		// Until the pipeline waits for us, or has read past us.
		for range 100 {
			n := 0
			if err := h.db.Writer().NewRaw("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").
				Scan(ctx, &n); err != nil {
				return err
			}
			if n > 0 {
				return nil
			}
			<-time.After(20 * time.Millisecond)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := <-done; r.err != nil || len(r.outcomes) != 1 || r.outcomes[0].Event.ID != first.Event.ID {
		t.Fatalf("the second post: %+v, %v", r.outcomes, r.err)
	}
	var e event.Event
	if err := h.db.Reader().NewSelect().Model(&e).Where("id = ?", first.Event.ID).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(e.Sections, "电力科") || e.Posts != 2 {
		t.Errorf("the event is of %v with %d posts: the handover was lost", e.Sections, e.Posts)
	}
}
