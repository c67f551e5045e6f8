package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// eachLine calls do for every line of JSON of a file, packed (.gz) or not.
func eachLine[T any](path string, do func(T) error) error {
	f, err := os.Open(path) //nolint:gosec // a file the person at the terminal names
	if err != nil {
		return fmt.Errorf("open the lines: %w", err)
	}
	defer func() { _ = f.Close() }()
	var r io.Reader = f
	if filepath.Ext(path) == ".gz" {
		if r, err = gzip.NewReader(f); err != nil {
			return fmt.Errorf("unpack %s: %w", path, err)
		}
	}
	in := bufio.NewReaderSize(r, 1<<16)
	for n := 1; ; n++ {
		line, readErr := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var v T
			if err := json.Unmarshal(line, &v); err != nil {
				return fmt.Errorf("%s:%d: not the JSON that is wanted: %w", path, n, err)
			}
			if err := do(v); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return fmt.Errorf("read %s: %w", path, readErr)
		}
	}
}

// head is the first n characters of s on one line.
func head(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	return string(r[:min(n, len(r))])
}
