package main

import (
	"fmt"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/configs"
	"huiying/rulebook"
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

// newJudge is a classifier of the rules, with a segmenter of its own.
func newJudge(rules *configs.Rules) (*classifier.Classifier, func(), error) {
	set := rulebook.RuleSet(rules)
	segmenter, err := jieba.New(classifier.UserWords(set))
	if err != nil {
		return nil, nil, fmt.Errorf("start jieba: %w", err)
	}
	judge, err := classifier.New(set, segmenter)
	if err != nil {
		segmenter.Close()
		return nil, nil, fmt.Errorf("compile the rules: %w", err)
	}
	return judge, segmenter.Close, nil
}
