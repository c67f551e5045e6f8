package main

import (
	"fmt"

	"huiying/internal/rulebook"
)

// rulesExamplesCmd runs the examples that stand in the rules.
type rulesExamplesCmd struct {
	rulesFolder

	JSON bool `name:"json" help:"输出 JSON。"`
}

// Run ends with exit code 1 where an example does not go as it should.
func (c *rulesExamplesCmd) Run(std *streams) error {
	rules, err := c.load(std, c.JSON)
	if err != nil {
		return err
	}
	exam, err := rulebook.RunExamples(rules)
	if err != nil {
		return fmt.Errorf("run the examples: %w", err)
	}
	if c.JSON {
		err = writeJSON(std.Out, exam)
	} else {
		err = exam.Show(std.Out)
	}
	if err != nil {
		return fmt.Errorf("show the results: %w", err)
	}
	if exam.Failed > 0 {
		return exitError{1}
	}
	return nil
}
