package rulebook

import (
	"errors"
	"fmt"

	"huiying/internal/rulebook/rulefile"
)

// AddExample writes an example into the rule of that id, in whichever file of the
// folder it stands, and returns the file's name. Comments and format stay.
// configs.ErrNoRule says that no file has the rule.
func (f Folder) AddExample(rule string, e rulefile.NewExample) (string, error) {
	names, err := f.names()
	if err != nil {
		return "", err
	}
	for _, name := range names {
		data, err := f.read(name)
		if err != nil {
			return "", err
		}
		out, err := rulefile.AddExample(name, data, rule, e)
		if errors.Is(err, rulefile.ErrNoRule) {
			continue
		}
		if err != nil {
			return name, fmt.Errorf("add an example to %s: %w", name, err)
		}
		return name, write(name, out)
	}
	return "", fmt.Errorf("%w: %s", rulefile.ErrNoRule, rule)
}
