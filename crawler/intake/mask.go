package intake

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

var (
	// Digits as people write numbers: joined, or in groups of two to eight.
	numbers = regexp.MustCompile(`[0-9０-９]+(?:[ \-—－ 　][0-9０-９]+)*[xXＸｘ]?`)
	group   = regexp.MustCompile(`[0-9０-９]+[xXＸｘ]?`)
	// A name that a label announces and a stop or the end follows.
	named = regexp.MustCompile(`((?:来电人|联系人|反映人|诉求人|投诉人|举报人|市民)(?:姓名)?|姓名)(\s*[:：]\s*)[\p{Han}·]{2,4}(?:先生|女士)?([，,;；。、\s]|$)`)
	asked = regexp.MustCompile(`(?:电话|手机|座机|联系方式|联系|致电|号码|拨打)[^0-9０-９。；，\n]{0,6}$`)
)

// Mask replaces the phone and ID numbers of persons inside a text. Of a mobile
// number the first three digits stay (138********), since they tell one caller
// from another and find nobody; of a landline the area code stays; of an ID
// number nothing. A name behind a label such as 来电人： goes too. Public numbers such as 12345, 110 and 400-… are left.
func Mask(text string) string {
	text = named.ReplaceAllString(text, "$1$2（略）$3")
	var out strings.Builder
	at := 0
	for _, m := range numbers.FindAllStringIndex(text, -1) {
		out.WriteString(text[at:m[0]])
		out.WriteString(maskRun(text[m[0]:m[1]], asked.MatchString(text[:m[0]])))
		at = m[1]
	}
	out.WriteString(text[at:])
	return out.String()
}

// maskRun masks one run of digit groups. A number may be one group or several
// that belong together, such as 138 0013 8000.
func maskRun(run string, asked bool) string {
	groups := group.FindAllStringIndex(run, -1)
	var out strings.Builder
	at := 0
	for i := 0; i < len(groups); i++ {
		for j := i; j < min(i+4, len(groups)); j++ {
			from, to := groups[i][0], groups[j][1]
			keep, private := judge(digitsOf(run[from:to]), asked && i == 0 && j == len(groups)-1)
			if !private {
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

// digitsOf gives a number in ASCII without its separators.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == 'X' {
			return r
		}
		return -1
	}, strings.ToUpper(width.Fold.String(s)))
}

// judge tells a person's number by its shape, and how many digits may stay.
// Asked says that the words before it announce a phone number.
func judge(n string, asked bool) (keep int, private bool) {
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
