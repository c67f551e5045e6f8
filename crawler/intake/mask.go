package intake

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

var (
	// Digits as people write numbers: joined, or in groups of two to eight.
	numbers = regexp.MustCompile(`[0-9０-９]+(?:[ \-—－ 　][0-9０-９]+)*[xXＸｘ]?`)
	group   = regexp.MustCompile(`[0-9０-９]+[xXＸｘ]?`)
	// A name that a label announces and a stop or the end follows.
	named = regexp.MustCompile(`((?:来电人|联系人|反映人|诉求人|投诉人|举报人|市民)(?:姓名)?|姓名)(\s*[:：]\s*)[\p{Han}·]{2,4}(?:先生|女士)?([，,;；。、\s]|$)`)
	// Words that announce a phone number, which may be the second of a list.
	asked = regexp.MustCompile(`(?:电话|手机|座机|联系方式|联系|致电|回电|号码|拨打)[^0-9０-９。；，\n]{0,6}(?:[0-9０-９*\- ]{7,}\s*(?:[、，,/]|或|和)\s*){0,3}$`)
	// Words that announce a bank account or an account of a chat program.
	account = regexp.MustCompile(`(?i:银行卡号?|卡号|账号|帐号|QQ号?|微信号?|扣扣)[^0-9０-９。；，\n]{0,4}$`)
	// An area code in brackets, and a mobile number written with dots.
	bracketed = regexp.MustCompile(`([(（]\s*[0０][0-9０-９]{2,3}\s*[)）]\s*[\-—－]?\s*)([2-9２-９][0-9０-９]{6,7})([^0-9０-９]|$)`)
	dotted    = regexp.MustCompile(`(^|[^0-9０-９.])(1[3-9][0-9])([.．][0-9]{4}[.．][0-9]{4})([^0-9０-９]|$)`)
	// A unit behind a number makes it an amount, unless it begins another word.
	amount = regexp.MustCompile(`^\s*(?:(?:余|多)?(?:万|亿)?(?:元(?:[^旦宵]|$)|吨|千瓦时|度电|立方|方气|斤|公斤|米|人次)|(?:余|多)?[万亿])`)
)

// Mask replaces the phone and ID numbers of persons inside a text. Of a mobile
// number the first three digits stay (138********), since they tell one caller
// from another and find nobody; of a landline the area code stays; of an ID
// number, and of an account that its label announces, nothing. A name behind a label
// such as 来电人： goes too. Public numbers such as 12345, 110 and 400-… are left.
func Mask(text string) string {
	text = named.ReplaceAllString(text, "$1$2（略）$3")
	text = replace(bracketed, text, func(m []string) string { return m[1] + stars(m[2], 0) + m[3] })
	text = replace(dotted, text, func(m []string) string { return m[1] + m[2] + stars(m[3], 0) + m[4] })
	var out strings.Builder
	at := 0
	for _, m := range numbers.FindAllStringIndex(text, -1) {
		out.WriteString(text[at:m[0]])
		before, run := tail(text[:m[0]]), text[m[0]:m[1]]
		switch {
		case account.MatchString(before) && len(digitsOf(run)) >= 5:
			out.WriteString(stars(run, 0))
		case amount.MatchString(text[m[1]:]):
			out.WriteString(maskRun(run, false, true))
		default:
			out.WriteString(maskRun(run, asked.MatchString(before), false))
		}
		at = m[1]
	}
	out.WriteString(text[at:])
	return out.String()
}

// replace rewrites every match of re, given with its groups.
func replace(re *regexp.Regexp, text string, with func(groups []string) string) string {
	return re.ReplaceAllStringFunc(text, func(match string) string { return with(re.FindStringSubmatch(match)) })
}

// tail is the end of what stands before a number: enough for what announces it.
func tail(before string) string {
	const most = 200
	if len(before) <= most {
		return before
	}
	before = before[len(before)-most:]
	for before != "" && !utf8.RuneStart(before[0]) {
		before = before[1:]
	}
	return before
}

// maskRun masks one run of digit groups. A number may be one group or several
// that belong together, such as 138 0013 8000. Counted says that a unit stands
// behind the run: its last group is an amount.
func maskRun(run string, asked, counted bool) string {
	groups := group.FindAllStringIndex(run, -1)
	var out strings.Builder
	at := 0
	for i := 0; i < len(groups); i++ {
		for j := i; j < min(i+4, len(groups)); j++ {
			from, to := groups[i][0], groups[j][1]
			last := j == len(groups)-1
			keep, private := classifyNumber(digitsOf(run[from:to]), asked && i == 0 && last)
			if !private || counted && last || !whole(run, groups[i:j+1]) {
				continue
			}
			out.WriteString(run[at:from])
			out.WriteString(stars(run[from:to], keep))
			at, i = to, j
			break
		}
	}
	out.WriteString(run[at:])
	return out.String()
}

// whole tells whether groups of digits could be one number as people part it: a
// date before a phone number is not its beginning. No group is one digit long, and
// the first is longer than two but for the country's 86.
func whole(run string, groups [][]int) bool {
	if len(groups) == 1 {
		return true
	}
	total := 0
	for i, g := range groups {
		n := len(digitsOf(run[g[0]:g[1]]))
		total += n
		if country := i == 0 && digitsOf(run[g[0]:g[1]]) == "86"; n == 1 || n == 2 && i == 0 && !country {
			return false
		}
	}
	first := len(digitsOf(run[groups[0][0]:groups[0][1]]))
	if total >= 15 {
		return first == 6 || first == 3 // 140402 19900307 1234, 140 402 …
	}
	return true
}

// digitsOf gives a number in ASCII without its separators.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == 'X' {
			return r
		}
		return -1
	}, strings.ToUpper(width.Fold.String(s)))
}

// classifyNumber tells a person's number by its shape, and how many digits may stay.
// Asked says that the words before it announce a phone number.
func classifyNumber(n string, asked bool) (keep int, private bool) {
	if mobile := strings.TrimPrefix(n, "86"); len(mobile) == 11 && mobile[0] == '1' && mobile[1] >= '3' && !strings.Contains(n, "X") {
		return len(n) - 8, true
	}
	switch len(n) {
	case 18: // GB 11643-1999: place, birthday, sequence, check digit
		return 0, birthday(n[6:10], n[10:12], n[12:14])
	case 15: // the cards of before 1999
		return 0, birthday("19"+n[6:8], n[8:10], n[10:12])
	case 10, 11, 12:
		if n[0] == '0' && n[1] != '0' {
			if n[1] <= '2' {
				return 3, true
			}
			return 4, true
		}
	case 7, 8:
		return 0, asked
	}
	return 0, false
}

func birthday(year, month, day string) bool {
	y, err1 := strconv.Atoi(year)
	m, err2 := strconv.Atoi(month)
	d, err3 := strconv.Atoi(day)
	return err1 == nil && err2 == nil && err3 == nil && y >= 1900 && y < 2100 && m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// stars replaces the digits after the first keep by *, leaving separators.
func stars(s string, keep int) string {
	return strings.Map(func(r rune) rune {
		if digitsOf(string(r)) == "" {
			return r
		}
		if keep > 0 {
			keep--
			return r
		}
		return '*'
	}, s)
}
