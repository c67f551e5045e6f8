package rulebook

import (
	"errors"

	"huiying/configs"
	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
)

// Load reads a configuration and the rules that it names. An error is of type
// yamlcheck.Problems and holds every mistake of every file.
func Load(path string) (*configs.Config, *rulefile.Rules, error) {
	c, rules, bad, err := LoadAround(path)
	if err == nil && bad != nil {
		err = bad
	}
	if err != nil {
		return nil, nil, err
	}
	return c, rules, nil
}

// LoadAround is Load for the daemon, which must watch even while the rule files are
// bad: where nothing else is wrong, their mistakes are returned apart, and the rules
// are nil.
func LoadAround(path string) (c *configs.Config, rules *rulefile.Rules, bad yamlcheck.Problems, err error) {
	c, at, err := configs.Read(yamlcheck.Tree{}, path)
	if at.Dir == "" {
		return nil, nil, nil, err
	}
	rules, rulesErr := rulefile.Load(at.Dir, at.Owners)
	bad, _ = errors.AsType[yamlcheck.Problems](rulesErr)
	if problems, ok := errors.AsType[yamlcheck.Problems](err); ok {
		return nil, nil, nil, append(problems, bad...).Err()
	}
	return c, rules, bad, err
}

// Default is the shipped configuration with the shipped rules.
func Default() (*configs.Config, *rulefile.Rules, error) {
	c, err := configs.Default()
	if err != nil {
		return nil, nil, err
	}
	rules, err := rulefile.LoadFrom(yamlcheck.Tree{FS: configs.FS}, c.Files.Rules, c.Organisation.Owners())
	return c, rules, err
}
