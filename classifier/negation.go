package classifier

// reach is how far before a hit, in characters, a plain negation still voids it.
const reach = 8

// negated tells whether the clause denies s (否定不算): 未, 没有, 无, 并非 or 不存在
// at most 8 characters before it, or a word of prevention anywhere before it.
func (f *field) negated(s span) bool { return f.marks.denied(f.text.Runes, s) }

func negations() []string { return []string{"未", "没有", "无", "并非", "不存在"} }

func preventions() []string {
	return []string{"严防", "防范", "杜绝", "预防", "遏制", "打击", "防止", "谨防"}
}

// falseFriends are words that begin like a negation and deny nothing, or that deny
// another thing: the accident still happened.
func falseFriends() []string {
	return []string{
		"未来", "未成年", "未经", "未及时", "未按", "未知", "未央", "未能", "未予", "未通知", "未提前", "未安装", "未关",
		"没有人管", "没有通知", "没有提前", "没有及时", "没有任何通知", "没有按",
		"无法", "无数", "无奈", "无故", "无证", "无锡", "无线", "无人机", "无良", "无助", "无辜", "无人管", "无通知", "无预警", "无缘无故", "无视", "无照", "无理", "无论",
	}
}
