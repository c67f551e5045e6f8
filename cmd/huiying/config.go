package main

import (
	"errors"
	"fmt"

	"huiying/configs"
	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
)

// loadConfig reads the configuration; its mistakes are printed, one a line, and
// end the program with exit code 1.
func loadConfig(path string, std *streams) (*configs.Config, error) {
	config, _, err := loadAll(path, std)
	return config, err
}

// loadAll is loadConfig with the rules.
func loadAll(path string, std *streams) (*configs.Config, *rulefile.Rules, error) {
	config, rules, err := rulebook.Load(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", path, mistakes(err, std))
	}
	return config, rules, nil
}

// mistakes prints the mistakes that err holds, if it does, and makes it exit code 1.
func mistakes(err error, std *streams) error {
	problems, ok := errors.AsType[yamlcheck.Problems](err)
	if !ok {
		return err
	}
	for _, p := range problems {
		fmt.Fprintln(std.Err, p)
	}
	fmt.Fprintf(std.Err, "%d 处问题\n", len(problems))
	return exitError{1}
}
