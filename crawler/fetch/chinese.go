package fetch

import (
	"unicode"
	"unicode/utf8"
)

// readable is the least share of everyday characters among the letters beyond
// ASCII that makes a reading Chinese. Running text has 0.3 and more; Chinese
// read in the wrong Chinese encoding stays under 0.05.
const readable = 0.12

// isCommonHan tells characters so common that any Chinese text has them, in both
// scripts, with punctuation.
func isCommonHan(r rune) bool {
	switch r {
	case '，', '。', '、', '：', '；', '！', '？', '“', '”', '《', '》', '（', '）', '\u3000', '的', '一', '是', '在', '不', '了', '有', '和', '人', '这',
		'中', '大', '为', '上', '个', '国', '我', '以', '要', '他', '时', '来', '用', '们', '生', '到', '作', '地', '于', '出', '就', '分', '对', '成',
		'会', '可', '主', '发', '年', '动', '同', '工', '也', '能', '下', '过', '子', '说', '产', '种', '面', '而', '方', '后', '多', '定', '行', '学',
		'法', '所', '民', '得', '经', '十', '三', '之', '进', '着', '等', '部', '度', '家', '电', '力', '里', '如', '水', '化', '高', '自', '二', '理',
		'起', '小', '物', '现', '实', '加', '量', '都', '两', '体', '制', '机', '当', '使', '点', '从', '业', '本', '去', '把', '性', '好', '应', '开',
		'它', '合', '还', '因', '由', '其', '些', '然', '前', '外', '天', '政', '四', '日', '那', '社', '义', '事', '平', '形', '相', '全', '表', '间',
		'样', '与', '关', '各', '重', '新', '线', '内', '数', '正', '心', '反', '你', '明', '看', '原', '又', '么', '利', '比', '或', '但', '质', '气',
		'第', '向', '道', '此', '变', '条', '只', '没', '结', '解', '问', '意', '建', '月', '公', '无', '系', '很', '情', '者', '最', '立', '代', '想',
		'已', '通', '并', '提', '题', '党', '程', '展', '五', '果', '料', '位', '入', '常', '文', '总', '次', '品', '式', '活', '设', '及', '管', '特',
		'件', '长', '求', '老', '头', '基', '资', '边', '流', '路', '级', '少', '山', '统', '接', '知', '将', '组', '见', '计', '别', '手', '期', '根',
		'论', '运', '农', '指', '几', '区', '强', '放', '决', '西', '做', '必', '战', '先', '回', '则', '任', '取', '据', '处', '南', '色', '光', '门',
		'即', '保', '治', '北', '百', '领', '七', '海', '口', '东', '世', '這', '為', '個', '國', '時', '來', '們', '對', '會', '發', '動', '說', '產',
		'種', '後', '學', '經', '進', '著', '電', '裡', '實', '還', '兩', '體', '機', '當', '點', '從', '業', '應', '開', '無', '與', '關', '線', '內',
		'數', '樣', '質', '氣', '條', '沒', '結', '問', '萬', '員', '長', '頭', '資', '邊', '級', '統', '將', '組', '見', '計', '別', '論', '運', '農',
		'幾', '區', '強', '東', '門', '處', '據', '報', '導', '網':
		return true
	}
	return false
}

// chineseScore is the share of everyday characters among the letters beyond ASCII,
// undecodable places and characters of no use counted against it. A short
// sample of the text decides.
func chineseScore(text string) float64 {
	const enough = 3000
	good, all := 0, 0
	for _, r := range text {
		if r < utf8.RuneSelf || r == '\u00a0' {
			continue
		}
		switch {
		case r == replacementRune, unicode.Is(unicode.Co, r), unicode.Is(unicode.Cc, r):
			all += 5
		case isCommonHan(r):
			good++
			all++
		default:
			all++
		}
		if all >= enough {
			break
		}
	}
	if all == 0 {
		return 0
	}
	return float64(good) / float64(all)
}

// looksLikeGB recognises GB2312 by its bytes where a text is too short to hold
// everyday characters, such as a lone title: nearly all pairs lie among the
// symbols and the 3,755 characters of level 1. It contradicts only labels that
// are put on Chinese pages by mistake; a Korean page would pass this test.
func looksLikeGB(raw []byte, label string) bool {
	in, out := 0, 0
	for i := 0; i < len(raw); i++ {
		if raw[i] < utf8.RuneSelf {
			continue
		}
		if i+1 < len(raw) && raw[i+1] >= 0xa1 && (raw[i] >= 0xb0 && raw[i] <= 0xd7 || raw[i] >= 0xa1 && raw[i] <= 0xa3) {
			in++
		} else {
			out++
		}
		i++
	}
	switch label {
	case "", "windows-1252", "iso-8859-15", "iso-8859-2":
		return in > 0 && in >= 6*out
	case "big5":
		return in >= 4 && in >= 6*out
	}
	return false
}
