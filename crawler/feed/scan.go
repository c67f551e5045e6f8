package feed

import (
	"slices"
	"strings"

	"huiying/crawler/sitetext"
)

// What a feed may hold. gofeed recurses into nested elements: without the limit
// of depth 14 KB of gzip overflow the stack and end the process.
const (
	maxDepth    = 64
	maxItems    = 2000
	maxTags     = 100_000 // within the items that are read; a JSON Feed's objects
	maxTagBytes = 64 << 10
	maxAttrs    = 256
	maxBytes    = 5 << 20
)

// shape is what the scan before parsing found.
type shape struct {
	// ends holds, for the last complete item within maxItems, where it ends and
	// which elements stand open around it.
	end  int
	open []string
	// items counts complete items, also those over maxItems.
	items int
}

// scanXML walks over the markup once, without recursion, and refuses what would
// harm the parser.
func scanXML(text string) (shape, error) {
	var (
		s     shape
		stack []string
		tags  int
	)
	done := func(at int) {
		if s.items++; s.items <= maxItems {
			s.end, s.open = at, append(s.open[:0], stack...)
		}
	}
	for i := 0; i < len(text); {
		at := strings.IndexByte(text[i:], '<')
		if at < 0 {
			break
		}
		i += at
		rest := text[i:]
		if n := skipSpecial(rest); n > 0 {
			if strings.HasPrefix(rest, "<!DOCTYPE") && strings.Contains(rest[:n], "<!ENTITY") {
				return s, hostile("declares entities of its own")
			}
			i += n
			continue
		}
		if len(rest) < 2 || !tagStart(rest[1]) {
			i++
			continue
		}
		n, attrs := tagLength(rest)
		if n > maxTagBytes || attrs > maxAttrs {
			return s, hostile("a tag of %d bytes with %d attributes", n, attrs)
		}
		if tags++; tags > maxTags && s.items < maxItems {
			return s, hostile("more than %d tags", maxTags)
		}
		tag := rest[:n]
		i += n
		name := tagName(tag)
		switch {
		case tag[1] == '/':
			stack = pop(stack, name)
			if isItem(name) {
				done(i)
			}
		case strings.HasSuffix(tag, "/>"):
			if isItem(name) {
				done(i)
			}
		default:
			if stack = append(stack, name); len(stack) > maxDepth {
				return s, hostile("more than %d elements inside each other", maxDepth)
			}
		}
	}
	return s, nil
}

// repaired is the feed up to its last complete item, with what stands open closed.
func (s shape) repaired(text string) string {
	var b strings.Builder
	b.WriteString(text[:s.end])
	for _, name := range slices.Backward(s.open) {
		b.WriteString("</" + name + ">")
	}
	return b.String()
}

// skipSpecial gives the length of a comment, CDATA section, declaration or
// processing instruction at the start of s; 0 when there is none.
func skipSpecial(s string) int {
	for _, p := range [...][2]string{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if strings.HasPrefix(s, p[0]) {
			if end := strings.Index(s[len(p[0]):], p[1]); end >= 0 {
				return len(p[0]) + end + len(p[1])
			}
			return len(s)
		}
	}
	if !strings.HasPrefix(s, "<!") {
		return 0
	}
	end := strings.IndexByte(s, '>')
	if subset := strings.IndexByte(s, '['); subset >= 0 && subset < end {
		if close := strings.Index(s, "]>"); close >= 0 {
			return close + 2
		}
		return len(s)
	}
	if end < 0 {
		return len(s)
	}
	return end + 1
}

// tagLength gives a tag's length and how many attributes it has; quoted values
// may hold ">".
func tagLength(s string) (n, attrs int) {
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '=':
			attrs++
		case c == '>':
			return i + 1, attrs
		}
	}
	return len(s), attrs
}

func tagStart(c byte) bool {
	return c == '/' || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func tagName(tag string) string {
	name := strings.TrimLeft(tag, "</")
	if end := strings.IndexAny(name, " \t\r\n/>"); end >= 0 {
		name = name[:end]
	}
	return name
}

// pop closes the innermost element of that name and all inside it; a stray end
// tag closes nothing.
func pop(stack []string, name string) []string {
	for i, open := range slices.Backward(stack) {
		if open == name {
			return stack[:i]
		}
	}
	return stack
}

func isItem(name string) bool {
	if _, local, ok := strings.Cut(name, ":"); ok {
		name = local
	}
	return name == "item" || name == "entry"
}

// scanJSON bounds the depth and the number of values of a JSON Feed.
func scanJSON(text string) error {
	if sitetext.DeeperThan(text, maxDepth) {
		return hostile("more than %d JSON values inside each other", maxDepth)
	}
	if strings.Count(text, "{") > maxTags {
		return hostile("more than %d JSON objects", maxTags)
	}
	return nil
}
