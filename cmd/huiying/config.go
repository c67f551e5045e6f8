package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"huiying/configs"
)

// loadConfig reads the configuration; its mistakes are printed, one a line, and
// end the program with exit code 1.
func loadConfig(path string, std *streams) (*configs.Config, error) {
	config, err := configs.Load(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, mistakes(err, std))
	}
	return config, nil
}

// mistakes prints the mistakes that err holds, if it does, and makes it exit code 1.
func mistakes(err error, std *streams) error {
	problems, ok := errors.AsType[configs.Problems](err)
	if !ok {
		return err
	}
	for _, p := range problems {
		fmt.Fprintln(std.Err, p)
	}
	fmt.Fprintf(std.Err, "%d 处问题\n", len(problems))
	return exitError{1}
}

// newLog is the log that the configuration asks for.
func newLog(c configs.Log, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
