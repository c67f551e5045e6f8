package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"huiying/crawler"
)

// answerLines reads a post from each line of standard input and writes what
// answer says of it, one line of JSON each, in order. Bad lines are named on
// standard error by number and make the exit code 1 once every good line has
// been answered.
func answerLines(ctx context.Context, std *streams, answer func(crawler.Post) (any, error)) error {
	in, out := bufio.NewReaderSize(std.In, 1<<16), bufio.NewWriter(std.Out)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	bad := 0
	for n := 1; ctx.Err() == nil; n++ {
		line, readErr := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			p, err := readPost(line)
			if err != nil {
				bad++
				fmt.Fprintf(std.Err, "第 %d 行: %v\n", n, err)
			} else {
				a, err := answer(p)
				if err != nil {
					return fmt.Errorf("line %d: %w", n, err)
				}
				if err := enc.Encode(a); err != nil {
					return fmt.Errorf("write the answers: %w", err)
				}
			}
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return fmt.Errorf("read posts: %w", readErr)
		}
		if in.Buffered() == 0 { // a person or a pipe waits for the answers so far
			if err := out.Flush(); err != nil {
				return fmt.Errorf("write the answers: %w", err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the answers: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if bad > 0 {
		return exitError{1}
	}
	return nil
}
