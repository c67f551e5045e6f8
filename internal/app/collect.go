package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"huiying/configs"
	"huiying/crawler"
	"huiying/crawler/fetch"
)

// Collect reads every enabled source once, or the one with the given id, and
// hands the posts to emit. Nothing is stored or remembered. A source that fails
// does not keep the others from being read.
func Collect(ctx context.Context, c *configs.Config, id string, log *slog.Logger, emit crawler.Emit) error {
	o := Options{Config: c, Log: log, Now: time.Now}
	client, err := fetch.New(fetchOptions(c.Fetch, nil, o))
	if err != nil {
		return err
	}
	sources, err := collectors(c.Sources, client, o)
	if err != nil {
		return err
	}
	r := crawler.Round{Known: func(context.Context, []string) (map[string]bool, error) { return nil, nil }}
	var errs []error
	found := false
	for _, s := range sources {
		if id != "" && s.ID != id {
			continue
		}
		found = true
		report, err := s.Collector.Collect(ctx, r, emit)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s（%s）: %w", s.Name, s.ID, err))
		}
		for _, skipped := range report.Skipped {
			log.WarnContext(ctx, "item skipped", "source", s.ID, "reason", skipped)
		}
	}
	if id != "" && !found {
		return fmt.Errorf("没有启用编号为 %s 的来源: 请看 sources.yaml", id)
	}
	return errors.Join(errs...)
}
