// Package configs reads what operators write in YAML: huiying.yaml, sources.yaml and
// organisation.yaml, and holds the shipped configuration. It knows no other package
// but its reader of YAML: app turns its structs into the packages' own options.
package configs

import (
	"io/fs"

	"huiying/configs/yamlcheck"
)

// Config is everything that operators set. What editors set, the rules, stands in
// files of its own: see RulesAt.
type Config struct {
	Settings
	Sources      []Source
	Organisation Organisation
}

// RulesAt says where the rule files of a configuration stand.
type RulesAt struct {
	// Dir is their directory; "" where huiying.yaml could not be read.
	Dir string
	// Owners are the names that their 归口 may use; nil where organisation.yaml could
	// not be read.
	Owners []string
}

// Load reads huiying.yaml and the files it names, but for the rules. An error is of
// type yamlcheck.Problems and holds every mistake of every file.
func Load(path string) (*Config, error) {
	c, _, err := Read(yamlcheck.Tree{}, path)
	return c, err
}

// LoadFS is Load from any file system, with slash-separated paths inside it.
func LoadFS(fsys fs.FS, path string) (*Config, error) {
	c, _, err := Read(yamlcheck.Tree{FS: fsys}, path)
	return c, err
}

// Default is the shipped configuration.
func Default() (*Config, error) { return LoadFS(FS, "huiying.yaml") }

// Read is Load from any tree. It says also where the rules stand, even where it finds
// mistakes; the configuration is nil then.
func Read(t yamlcheck.Tree, path string) (*Config, RulesAt, error) {
	l := &loader{tree: t}
	yamlcheck.Fill(&l.config.Settings)
	l.settings = l.read(path, &l.config.Settings)
	if l.settings == nil && len(l.problems) == 1 && l.problems[0].Line == 0 {
		return nil, RulesAt{}, l.problems.Err() // without it nobody knows where the others stand
	}
	files := l.config.Files
	var sources SourceFile
	l.sources = l.read(t.Beside(path, files.Sources), &sources)
	l.config.Sources = sources.Sources
	l.organisation = l.read(t.Beside(path, files.Organisation), &l.config.Organisation)
	l.checkSettings(path)
	l.checkSources()
	l.checkOrganisation()
	at := RulesAt{Dir: t.Beside(path, files.Rules)}
	if l.organisation != nil {
		at.Owners = l.config.Organisation.Owners()
	}
	if err := l.problems.Err(); err != nil {
		return nil, at, err
	}
	return &l.config, at, nil
}

// RulesPlace tells where the rule files of a configuration stand. Mistakes elsewhere
// in the configuration do not matter to it.
func RulesPlace(path string) (RulesAt, error) {
	l := &loader{}
	yamlcheck.Fill(&l.config.Settings)
	if l.settings = l.read(path, &l.config.Settings); l.settings == nil {
		return RulesAt{}, l.problems.Err()
	}
	at := RulesAt{Dir: l.tree.Beside(path, l.config.Files.Rules)}
	if l.read(l.tree.Beside(path, l.config.Files.Organisation), &l.config.Organisation) != nil {
		at.Owners = l.config.Organisation.Owners()
	}
	return at, nil
}

// ParseSources reads the text of a sources.yaml by itself, as before it is
// written. An error is of type Problems. Nothing is said of what it needs of
// huiying.yaml.
func ParseSources(name string, text []byte) ([]Source, error) {
	l := &loader{}
	var file SourceFile
	d, ok := yamlcheck.Parse(name, text, &file, &l.problems)
	if ok {
		l.sources = d
		l.config.Sources = file.Sources
		l.checkSources()
	}
	return l.config.Sources, l.problems.Err()
}

// loader reads the files of one configuration. A nil decoder stands for a file
// that could not be read: what it would have said is not called missing.
type loader struct {
	tree         yamlcheck.Tree
	config       Config
	problems     yamlcheck.Problems
	settings     *yamlcheck.Decoder
	sources      *yamlcheck.Decoder
	organisation *yamlcheck.Decoder
}

// read reads one file into v and returns its decoder, nil where that failed.
func (l *loader) read(name string, v any) *yamlcheck.Decoder {
	data, _, err := l.tree.Read(name)
	if err != nil {
		l.problems = append(l.problems, yamlcheck.Unreadable(name, err))
		return nil
	}
	d, ok := yamlcheck.Parse(name, data, v, &l.problems)
	if !ok {
		return nil
	}
	return d
}
