package rulebook

import (
	"fmt"
	"slices"

	"huiying/classifier"
	"huiying/classifier/jieba"
)

// Compiled judges posts by a rule set. Close frees its dictionaries, 140 MB outside
// Go's memory; the classifier must not be used after it.
type Compiled struct {
	*classifier.Classifier

	segmenter *jieba.Segmenter
}

// Compile makes a rule set ready to judge by, with a segmenter that knows its words
// and more.
func Compile(set classifier.RuleSet, more ...string) (*Compiled, error) {
	segmenter, err := jieba.New(slices.Concat(classifier.UserWords(set), more))
	if err != nil {
		return nil, fmt.Errorf("build the dictionaries: %w", err)
	}
	c := &Compiled{segmenter: segmenter}
	if c.Classifier, err = c.Variant(set); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Variant compiles another rule set on the same segmenter, which adds none of its
// words. It works until c is closed.
func (c *Compiled) Variant(set classifier.RuleSet) (*classifier.Classifier, error) {
	v, err := classifier.New(set, c.segmenter)
	if err != nil {
		return nil, fmt.Errorf("compile the rules: %w", err)
	}
	return v, nil
}

// Close frees the dictionaries.
func (c *Compiled) Close() { c.segmenter.Close() }
