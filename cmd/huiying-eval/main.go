// Command huiying-eval measures how well huiying judges, joins and reads, against
// what people said of the same posts and pages. It is not shipped.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli lists the commands; each stands in a file of its own.
type cli struct {
	Posts   postsCmd   `cmd:"" help:"Measure the rules on posts that people judged."`
	Joins   joinsCmd   `cmd:"" help:"Measure how surely reposts are joined, on edits of real texts."`
	Extract extractCmd `cmd:"" help:"Measure how rightly title, time and text are read from saved pages."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "huiying-eval:", err)
		os.Exit(2)
	}
}

// run parses args and runs the command.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	var c cli
	parser, err := kong.New(&c, kong.Name("huiying-eval"), kong.Writers(out, errs))
	if err != nil {
		return fmt.Errorf("read the commands: %w", err)
	}
	kctx, err := parser.Parse(args)
	if err != nil {
		return err //nolint:wrapcheck // names the argument
	}
	kctx.BindTo(ctx, (*context.Context)(nil))
	return kctx.Run(&streams{Out: out, Err: errs}) //nolint:wrapcheck // the command's own error
}

// streams are the standard streams a command writes.
type streams struct{ Out, Err io.Writer }
