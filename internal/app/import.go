package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/pipeline"
)

// importBatch is how many posts of a sheet one transaction takes.
const importBatch = 50

// RowSecret keys the ids of rows that are handed in; see intake.Options.
func (a *App) RowSecret() []byte { return a.rowSecret }

// Import takes posts of a sheet through the pipeline, beside the daemon or
// without it. Start must not have been called.
func (a *App) Import(ctx context.Context, posts []post.Post) ([]pipeline.Outcome, error) {
	if err := a.pipe.Fill(ctx); err != nil {
		return nil, err
	}
	var all []pipeline.Outcome
	for batch := range slices.Chunk(posts, importBatch) {
		batch, err := a.withoutSecrets(ctx, batch)
		if err != nil {
			return all, fmt.Errorf("%d of %d posts are stored, import the file again to go on: %w", len(all), len(posts), err)
		}
		outcomes, err := a.pipe.Process(ctx, batch)
		if err != nil {
			return all, fmt.Errorf("%d of %d posts are stored, import the file again to go on: %w", len(all), len(posts), err)
		}
		all = append(all, outcomes...)
	}
	return all, nil
}

// DeliverNow sends what waits to be sent. Where a daemon works on the database it
// reports false: the daemon sends.
func (a *App) DeliverNow(ctx context.Context) (bool, error) {
	if err := a.db.Start(ctx); errors.Is(err, store.ErrTaken) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	wait, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	err := a.Settled(wait)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return true, errors.Join(err, a.db.Stop(stop))
}
