package main

import (
	"errors"
	"fmt"

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
