package intake

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"
)

var (
	// Columns about the person: dropped whatever a mapping says.
	person = regexp.MustCompile(`姓名|来电人|来访人|来信人|联系人|诉求人|反映人|投诉人|举报人|求助人|当事人|留言人|^市民$|^网友$|昵称|作者|用户名?$|电话|手机|联系方式|主叫|来电号|联系号|身份证|证件|住址|家庭|户籍|联系地址|通讯地址|通信地址|来电人地址|邮箱|微信号|QQ|性别|年龄|出生|民族|银行|车牌|` +
		`(?i:caller|phone|mobile|e-?mail|author|nickname|id_?card|address)|^name$`)
	// A bare address is as often the caller's home as the place of the matter.
	unclear = regexp.MustCompile(`^(?:详细)?地址$`)
)

// guess lists, in the order in which they are tried, how headers name a field.
func guess() []struct {
	field   Field
	headers *regexp.Regexp
} {
	return []struct {
		field   Field
		headers *regexp.Regexp
	}{
		{ID, regexp.MustCompile(`(?i)^(?:工单|受理|事件|诉求|登记|信件|来电|留言|帖子|稿件|剪报)?(?:编号|单号|号码|流水号|编码|ID)$|^工单号$|^工单编号|^id$`)},
		{Title, regexp.MustCompile(`(?i)标题|主题|题目|^诉求概要$|^title$|^subject$`)},
		{Body, regexp.MustCompile(`(?i)内容|正文|诉求描述|问题描述|情况描述|事件描述|详情|全文|诉求$|摘要|^body$|^content$|^text$|^description$`)},
		{Time, regexp.MustCompile(`(?i)^(?:来电|受理|登记|创建|接收|接件|诉求|提交|反映|发布|刊发|见报|来信|留言|发表|接听|报道)?(?:时间|日期|年月日)$|^(?:time|date|published|created_?at)$`)},
		{Place, regexp.MustCompile(`(?i)地点|区域|区县|县区|所属(?:地|区|县)|事发地|事发地址|诉求地址|行政区划|属地|^(?:place|region|district|location)$`)},
		{Origin, regexp.MustCompile(`(?i)^(?:来源|诉求来源|信息来源|媒体|报纸|报刊|刊物|版面|版次|媒体名称|报刊名称|origin|source|media)$`)},
		{URL, regexp.MustCompile(`(?i)链接|网址|^(?:url|link)$`)},
	}
}

// columns maps the headers of a sheet to fields, None for those not read.
func (o Options) columns(headers []string) []Field {
	out := make([]Field, len(headers))
	guesses := guess()
	for i, h := range headers {
		h = header(h)
		if h == "" || person.MatchString(h) {
			continue
		}
		if f, ok := o.mapped(h); ok {
			out[i] = f
			continue
		}
		if unclear.MatchString(h) {
			continue
		}
		for _, g := range guesses {
			// The first column of a meaning counts: 受理时间 before 办结时间.
			if g.headers.MatchString(h) && !slices.Contains(out, g.field) {
				out[i] = g.field
				break
			}
		}
	}
	return out
}

func (o Options) mapped(name string) (Field, bool) {
	for h, f := range o.Columns {
		if header(h) == name {
			return f, true
		}
	}
	return None, false
}

// header brings a header to one form: narrow, without white space and remarks in
// brackets.
func header(s string) string {
	s = width.Fold.String(s)
	if at := strings.IndexAny(s, "(["); at > 0 {
		s = s[:at]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '*' || r == ':' || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
}

// isHeader tells whether columns are those of a row of headers.
func isHeader(fields []Field, headers []string) bool {
	known := 0
	for i, f := range fields {
		if f != None || person.MatchString(header(headers[i])) {
			known++
		}
	}
	return (slices.Contains(fields, Body) || slices.Contains(fields, Title)) && (known >= 2 || len(headers) == 1)
}

// headerRows is how far down the row of headers may stand: sheets begin with a
// title, a date and the name of the office.
const headerRows = 10

var errNoHeader = errors.New("前 10 行里没有找到列名; 请保留一行列名, 至少有“标题”或“内容”")

// table reads rows of cells, finding the row of headers first.
type table struct {
	rd     *reader
	fields []Field
	read   int
}

// take handles one row; when is the time of a cell, if the sheet knows it.
func (t *table) take(number int, cells []string, when func(cell string) time.Time) {
	if !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return
	}
	if t.fields == nil {
		if t.read++; t.read <= headerRows {
			if fields := t.rd.o.columns(cells); isHeader(fields, cells) {
				t.fields = fields
			}
		}
		return
	}
	r := row{number: number, cells: map[Field]string{}}
	for i, c := range cells {
		if i >= len(t.fields) || t.fields[i] == None {
			continue
		}
		r.cells[t.fields[i]] = c
		if t.fields[i] == Time && when != nil {
			r.when = when(c)
		}
	}
	t.rd.add(r)
}
