package sitetext

import "strings"

// maxTags is how many tags a page may have before it is read without building a
// tree of it, which takes 100 bytes and more for each. Large real pages have 7,000.
const maxTags = 100_000

// Sprawls reports whether a page's markup is more than a tree should be built of.
func Sprawls(page string) bool { return strings.Count(page, "<") > maxTags }

// DeeperThan reports whether the values of a JSON text stand more than most deep
// inside each other, before a reader that recurses falls over it.
func DeeperThan(json string, most int) bool {
	depth, quoted := 0, false
	for i := 0; i < len(json); i++ {
		switch c := json[i]; {
		case quoted:
			switch c {
			case '\\':
				i++
			case '"':
				quoted = false
			}
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			if depth++; depth > most {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
