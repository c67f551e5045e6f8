package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"huiying/internal/post"
)

// answerLines reads a post from each line of standard input and writes what
// answer says of it, one line of JSON each, in order. Bad lines are named on
// standard error by number and make the exit code 1 once every good line has
// been answered.
func answerLines(ctx context.Context, std *streams, answer func(post.Post) (any, error)) error {
	out := bufio.NewWriter(std.Out)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	bad, err := eachPost(ctx, std, func(p post.Post) error {
		a, err := answer(p)
		if err != nil {
			return err
		}
		if err := enc.Encode(a); err != nil {
			return fmt.Errorf("write the answers: %w", err)
		}
		return nil
	}, out.Flush)
	if err != nil {
		return err
	}
	if bad > 0 {
		return exitError{1}
	}
	return nil
}

// eachPost calls do for every good line of standard input, and idle whenever all
// that has come is read: a person or a pipe waits for the answers so far. Bad lines
// are named on standard error by number, and counted.
func eachPost(ctx context.Context, std *streams, do func(post.Post) error, idle ...func() error) (bad int, err error) {
	in := bufio.NewReaderSize(std.In, 1<<16)
	rest := func() error {
		for _, fn := range idle {
			if err := fn(); err != nil {
				return fmt.Errorf("write the answers: %w", err)
			}
		}
		return nil
	}
	for n := 1; ctx.Err() == nil; n++ {
		line, readErr := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			p, err := readPost(line)
			if err != nil {
				bad++
				fmt.Fprintf(std.Err, "第 %d 行: %v\n", n, err)
			} else if err := do(p); err != nil {
				return bad, fmt.Errorf("line %d: %w", n, err)
			}
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return bad, fmt.Errorf("read posts: %w", readErr)
		}
		if in.Buffered() == 0 {
			if err := rest(); err != nil {
				return bad, err
			}
		}
	}
	if err := rest(); err != nil {
		return bad, err
	}
	return bad, ctx.Err()
}
