package privacy

import "strings"

// Removed is what people read in place of an address that cannot be shown.
const Removed = "原文地址含个人信息"

// Address returns an address without what names a person: the segment after /u/,
// /user/, /space/ or /people/, and the values of tel, phone, mobile, uid and name
// in the query. Removed says that something was taken away; shown is empty where
// what is left would no longer lead to the post. Who tells posts apart by address
// must use the raw one.
func Address(url string) (shown string, removed bool) {
	parts := privateParts(url)
	if len(parts) == 0 {
		return url, false
	}
	query := strings.IndexByte(url, '?')
	if query < 0 || parts[0].Start < query {
		return "", true // the segment was part of the way
	}
	var b strings.Builder
	at := 0
	for _, p := range parts {
		b.WriteString(url[at:p.Start])
		at = p.End
	}
	b.WriteString(url[at:])
	shown = b.String()
	if !leads(shown, query) {
		return "", true
	}
	return shown, true
}

// leads says that an address still names one page: by a number or the name of a
// file in its path, or by another value of the query.
func leads(url string, query int) bool {
	path := url[:query]
	if at := strings.Index(path, "://"); at >= 0 {
		path = path[at+len("://"):]
	}
	if at := strings.IndexByte(path, '/'); at >= 0 && strings.ContainsAny(path[at:], "0123456789") {
		return true
	}
	rest, _, _ := strings.Cut(url[query+1:], "#")
	for pair := range strings.SplitSeq(rest, "&") {
		if _, value, _ := strings.Cut(pair, "="); strings.ContainsAny(value, "0123456789") {
			return true
		}
	}
	return false
}

// privateParts are the parts of an address that Address takes away, in bytes.
func privateParts(url string) []Span {
	var out []Span
	end := len(url)
	if at := strings.IndexByte(url, '#'); at >= 0 && !strings.HasPrefix(url[at:], "#/") && !strings.HasPrefix(url[at:], "#!") {
		end = at
	}
	path, query := end, end
	if at := strings.IndexByte(url[:end], '?'); at >= 0 {
		path, query = at, at+1
	}
	segments := "/u/ /user/ /space/ /people/"
	for i := 0; i < path; i++ {
		if url[i] != '/' {
			continue
		}
		anyWord(segments, func(w string) bool {
			if !hasFold(url[i:path], w) {
				return false
			}
			from := i + len(w)
			to := from + strings.IndexByte(url[from:path]+"/", '/')
			if to > from && strings.Trim(url[from:to], string(Hidden)) != "" {
				out = append(out, Span{from, to})
			}
			return true
		})
	}
	for from := query; from < end; {
		to := from + strings.IndexByte(url[from:end]+"&", '&')
		key, value, _ := strings.Cut(url[from:to], "=")
		if strings.Trim(value, string(Hidden)) != "" && anyWord("tel phone mobile uid name", func(w string) bool { return strings.EqualFold(key, w) }) {
			out = append(out, Span{to - len(value), to})
		}
		from = to + 1
	}
	return out
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
