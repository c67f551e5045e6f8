package fault

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"huiying/crawler/schedule"
	"huiying/internal/app"
	"huiying/internal/rulebook"
)

// The test binary is the daemon too: so names can be looked up where the test
// says, and the daemon's memory is its own.
var (
	daemonConfig = flag.String("daemon", "", "be the daemon with this configuration, not a test")
	daemonData   = flag.String("data", "", "the daemon's data directory")
	daemonDNS    = flag.String("dns", "", "where the daemon looks names up")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *daemonConfig == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	err := daemon(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// daemon does what `huiying run` does.
func daemon(ctx context.Context) error {
	config, rules, err := rulebook.Load(*daemonConfig)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	dns := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", *daemonDNS)
	}}
	a, err := app.New(ctx, app.Options{
		Config: config, Rules: rules, Data: *daemonData, Log: log, Resolver: dns,
		Round: func(f schedule.Outcome) {
			for _, s := range f.Report.Skipped {
				log.WarnContext(ctx, "item skipped", "source", f.Source.ID, "reason", s)
			}
			log.InfoContext(ctx, "source read", "source", f.Source.ID, "items", f.Report.Items, "posts", f.Posts, "took", f.Took)
		},
	})
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, a.Close())
	}
	if err := a.Serve(ctx, ""); err != nil {
		return errors.Join(err, a.Close())
	}
	a.Watch(ctx)
	select {
	case <-ctx.Done():
	case err = <-a.Failed():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, a.Stop(end), a.Close())
}
