package sitetext

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// CountReader reads figures as sites write them.
type CountReader struct{ figure, labelled *regexp.Regexp }

// NewCountReader returns a reader.
func NewCountReader() CountReader {
	const figure = `(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*(万|亿|[wW](?:\b|\+))?\+?`
	return CountReader{
		figure: regexp.MustCompile(figure),
		labelled: regexp.MustCompile(`(?:阅读|浏览|点击|访问|查看)(?:量|次数|数|人数)?\s*[:：]?\s*` + figure +
			`|` + figure + `\s*次(?:阅读|浏览|点击|访问)`),
	}
}

// maxCount is beyond any post of a city, and far from overflowing a sum.
const maxCount = 1e12

// Read reads the first figure of a text: 345, 12,345, 1.2万, 10万+; 0 for none.
func (c CountReader) Read(s string) int64 {
	if len(s) > 200 {
		return 0
	}
	if m := c.figure.FindStringSubmatch(s); m != nil {
		return value(m[1], m[2])
	}
	return 0
}

// Labelled reads a figure that a text names as its readers: 阅读 1.2万, 345次浏览; 0 for
// none.
func (c CountReader) Labelled(s string) int64 {
	m := c.labelled.FindStringSubmatch(s)
	switch {
	case m == nil:
		return 0
	case m[1] != "":
		return value(m[1], m[2])
	}
	return value(m[3], m[4])
}

func value(digits, unit string) int64 {
	n, err := strconv.ParseFloat(strings.ReplaceAll(digits, ",", ""), 64)
	if err != nil {
		return 0
	}
	switch strings.TrimSuffix(strings.ToLower(unit), "+") {
	case "万", "w":
		n *= 1e4
	case "亿":
		n *= 1e8
	}
	if n > maxCount {
		return 0
	}
	return int64(math.Round(n))
}
