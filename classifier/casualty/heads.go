package casualty

// opens tells the characters with which the words of statuses begin. Few
// characters of a text do, so that the words are compared at few places.
func opens(r rune) bool {
	switch r {
	case '死', '伤', '遇', '身', '丧', '罹', '殒', '殉', '去', '遗', '不', '离', '没', '亡', '失', '下', '联', '被', '受', '困', '埋', '未', '重', '危', '急', '轻', '烧', '烫', '炸', '砸', '摔', '灼', '电', '熏', '送', '获', '脱', '生', '安', '升', '坠', '晕', '昏', '中':
		return true
	}
	return false
}

// introduces tells the characters with which the words of persons begin.
func introduces(r rune) bool {
	switch r {
	case '男', '女', '老', '大', '宝', '妈', '母', '父', '丈', '妻', '先', '路', '行', '司', '驾', '教', '辅', '民', '农', '电', '少', '店', '小':
		return true
	}
	return false
}

// outcome tells the characters with which what became of one person ends.
func outcome(r rune) bool {
	switch r {
	case '亡', '难', '生', '命', '世', '死', '治', '伤':
		return true
	}
	return false
}

// counts tells the characters with which numbers begin.
func counts(r rune) bool {
	return r >= '0' && r <= '9' || numeral(r) || r == '数' || r == '几' || r == '俩' || r == '亿'
}

// parts tells the marks that end a clause for figures.
func parts(r rune) bool {
	switch r {
	case '，', '。', '；', '：', '！', '？', '、', '\n', '(', ')', '【', '】', '“', '”', '"':
		return true
	}
	return false
}
