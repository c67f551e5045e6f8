package configs

import (
	"errors"
	"io/fs"
)

// Config is everything that operators and editors set.
type Config struct {
	Settings
	Sources      []Source
	Organisation Organisation
	Rules        *Rules
}

// Load reads huiying.yaml and the files it names. An error is of type Problems
// and holds every mistake of every file.
func Load(path string) (*Config, error) { return load(tree{}, path) }

// LoadAround is Load for the daemon, which must watch even while the rule files
// are bad: where nothing else is wrong, their mistakes are returned apart, and
// the configuration's Rules are nil.
func LoadAround(path string) (c *Config, rules Problems, err error) {
	l := loaded(tree{}, path)
	if l.badRules == 0 || l.badRules < len(l.problems) {
		if err := l.problems.err(); err != nil {
			return nil, nil, err
		}
		return &l.config, nil, nil
	}
	l.config.Rules = nil
	err = l.problems.err()
	rules, _ = errors.AsType[Problems](err)
	return &l.config, rules, nil
}

// LoadFS is Load from any file system, with slash-separated paths inside it.
func LoadFS(fsys fs.FS, path string) (*Config, error) { return load(tree{fsys}, path) }

// RulesPlace tells where the rule files of a configuration stand and which names
// their 归口 may use; nil where organisation.yaml cannot be read. Mistakes
// elsewhere in the configuration do not matter to it.
func RulesPlace(path string) (dir string, owners []string, err error) {
	l := &loader{}
	fill(valueOf(&l.config.Settings))
	if l.settings = l.read(path, &l.config.Settings); l.settings == nil {
		return "", nil, l.problems.err()
	}
	files := l.config.Files
	if l.read(l.tree.beside(path, files.Organisation), &l.config.Organisation) != nil {
		owners = l.config.Organisation.Owners()
	}
	return l.tree.beside(path, files.Rules), owners, nil
}

// ParseSources reads the text of a sources.yaml by itself, as before it is
// written. An error is of type Problems. Nothing is said of what it needs of
// huiying.yaml.
func ParseSources(name string, text []byte) ([]Source, error) {
	l := &loader{}
	var file SourceFile
	d, ok := parse(name, text, &file, &l.problems)
	if ok {
		l.sources = d
		l.config.Sources = file.Sources
		l.checkSources()
	}
	return l.config.Sources, l.problems.err()
}

// Default is the shipped configuration.
func Default() (*Config, error) { return LoadFS(FS, "huiying.yaml") }

// loader reads the files of one configuration. A nil decoder stands for a file
// that could not be read: what it would have said is not called missing.
type loader struct {
	tree         tree
	config       Config
	problems     Problems
	settings     *decoder
	sources      *decoder
	organisation *decoder
	// badRules counts those of the problems that lie in the rule files.
	badRules int
}

func load(t tree, path string) (*Config, error) {
	l := loaded(t, path)
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	return &l.config, nil
}

func loaded(t tree, path string) *loader {
	l := &loader{tree: t}
	fill(valueOf(&l.config.Settings))
	l.settings = l.read(path, &l.config.Settings)
	if l.settings == nil && len(l.problems) == 1 && l.problems[0].Line == 0 {
		return l // without it nobody knows where the others stand
	}
	files := l.config.Files
	var sources SourceFile
	l.sources = l.read(t.beside(path, files.Sources), &sources)
	l.config.Sources = sources.Sources
	l.organisation = l.read(t.beside(path, files.Organisation), &l.config.Organisation)
	l.checkSettings(path)
	l.checkSources()
	l.checkOrganisation()
	var owners []string
	if l.organisation != nil {
		owners = l.config.Organisation.Owners()
	}
	others := len(l.problems)
	l.config.Rules = readRules(t, t.beside(path, files.Rules), owners, &l.problems)
	l.badRules = len(l.problems) - others
	return l
}

// read reads one file into v and returns its decoder, nil where that failed.
func (l *loader) read(name string, v any) *decoder {
	data, _, err := l.tree.read(name)
	if err != nil {
		l.problems = append(l.problems, unreadable(name, err))
		return nil
	}
	d, ok := parse(name, data, v, &l.problems)
	if !ok {
		return nil
	}
	return d
}
