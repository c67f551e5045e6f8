package text

// EndsSentence tells the marks that end a sentence.
func EndsSentence(r rune) bool { return r == '。' || r == '！' || r == '？' || r == '\n' }

// EndsClause tells the marks that end a clause, those of a sentence included.
func EndsClause(r rune) bool { return r == '，' || r == '；' || r == '：' || EndsSentence(r) }

// Separates tells the characters at which jieba cuts before it segments, so that
// a stretch between two of them has the very boundaries of the whole text.
func Separates(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '，' || r == '。'
}

// Stretch finds the widest [from,to) around [start,end) that holds no rune for
// which ends is true, looking no further than limit runes to either side.
func (t Text) Stretch(start, end, limit int, ends func(rune) bool) (from, to int) {
	from, to = start, end
	for from > 0 && start-from < limit && !ends(t.Runes[from-1]) {
		from--
	}
	for to < len(t.Runes) && to-end < limit && !ends(t.Runes[to]) {
		to++
	}
	return from, to
}
