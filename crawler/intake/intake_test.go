package intake_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"huiying/crawler"
	"huiying/crawler/intake"
	"huiying/internal/post"
	"huiying/internal/zh"
)

func options() intake.Options {
	return intake.Options{
		Source: crawler.Source{ID: "hotline", Name: "热线", Channel: post.Hotline, Local: true},
		Now:    time.Date(2026, 11, 23, 9, 0, 0, 0, zh.Beijing()),
	}
}

// want is the post that every format below must give.
func want() post.Post {
	return post.Post{
		ID: post.NewID("hotline", "GD20261120001"), Source: "hotline", SourceName: "热线", Channel: post.Hotline, Local: true,
		Title: "小区停暖三天", Body: "家里停暖三天，请回电 138********。\n地点: 上党区某小区",
		Published: time.Date(2026, 11, 20, 14, 5, 0, 0, zh.Beijing()),
	}
}

const sheet = `长治市热线工单日报,,,,,,
工单编号,诉求标题,来电内容,来电人姓名,联系电话,受理时间,诉求区域,办结时间
GD20261120001,小区停暖三天,家里停暖三天，请回电 13800138000。,张三,13800138000,2026-11-20 14:05,上党区某小区,2026-11-21 10:00
`

func TestFormats(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ file, content string }{
		"UTF-8 CSV":          {"a.csv", sheet},
		"UTF-8 CSV with BOM": {"a.csv", "\ufeff" + sheet},
		"GBK CSV":            {"a.csv", gbk},
		"tab separated":      {"a.txt", strings.ReplaceAll(sheet, ",", "\t")},
		"JSON lines": {"a.jsonl", `{"工单编号":"GD20261120001","标题":"小区停暖三天","内容":"家里停暖三天，请回电 13800138000。","姓名":"张三",` +
			`"来电时间":"2026年11月20日 14:05","地点":"上党区某小区"}` + "\n"},
		"XLSX": {"a.xlsx", workbook(t)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			posts, problems, err := intake.Read(strings.NewReader(tt.content), tt.file, options())
			if err != nil || len(problems) != 0 {
				t.Fatal(err, problems)
			}
			if diff := cmp.Diff([]post.Post{want()}, posts); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// workbook has a cover sheet, a title row and a time that Excel knows as a time.
func workbook(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetRow("Sheet1", "A1", &[]any{"封面"}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet("工单"); err != nil {
		t.Fatal(err)
	}
	for cell, values := range map[string][]any{
		"A1": {"长治市热线工单日报"},
		"A3": {"编号", "主题", "诉求内容", "联系人", "手机号码", "来电时间", "所属区县"},
		"A4": {"GD20261120001", "小区停暖三天", "家里停暖三天，请回电 13800138000。", "张三", "13800138000", time.Date(2026, 11, 20, 14, 5, 0, 0, time.UTC), "上党区某小区"},
	} {
		if err := f.SetSheetRow("工单", cell, &values); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestProblems(t *testing.T) {
	t.Parallel()
	content := `标题,内容,时间,链接
好的一行,停电了,2026-11-20 08:00,http://paper.example.cn/1.html
,,2026-11-20 08:00,
时间不对,停气了,某天,
时间在将来,停水了,2027-01-01,
链接不对,限电了,,paper.example.cn

好的一行,停电了,2026-11-20 08:00,http://paper.example.cn/1.html
没有编号,又停电了,,
`
	posts, problems, err := intake.Read(strings.NewReader(content), "/tmp/in/press.csv", options())
	if err != nil {
		t.Fatal(err)
	}
	var titles, told []string
	for _, p := range posts {
		titles = append(titles, p.Title)
	}
	for _, p := range problems {
		told = append(told, p.String())
	}
	if diff := cmp.Diff([]string{"好的一行", "时间不对", "时间在将来", "链接不对", "没有编号"}, titles); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"press.csv:3: 没有标题也没有内容; 这一行没有导入, 请补上内容再导入",
		"press.csv:4: 时间看不懂或在将来: 某天; 这一行已导入, 但没有时间; 请写成 2026-11-20 14:05",
		"press.csv:5: 时间看不懂或在将来: 2027-01-01; 这一行已导入, 但没有时间; 请写成 2026-11-20 14:05",
		"press.csv:6: 链接不能用: paper.example.cn; 这一行已导入, 但没有链接; 链接要以 http:// 或 https:// 开头",
	}, told); diff != "" {
		t.Error(diff)
	}
	if id := post.NewID("hotline", "没有编号\n又停电了"); posts[4].ID != id {
		t.Errorf("id %s, want it from the text", posts[4].ID)
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	o := options()
	o.Columns = map[string]intake.Field{"反映事项": intake.Body, "备注": intake.Title, "地址": intake.Place, "联系人姓名": intake.Origin}
	posts, problems, err := intake.Read(strings.NewReader("反映事项,备注,地址,联系人姓名\n停电了,三天,上党区,张三\n"), "a.csv", o)
	if err != nil || len(problems) != 0 || len(posts) != 1 {
		t.Fatal(err, problems, posts)
	}
	if p := posts[0]; p.Body != "停电了\n地点: 上党区" || p.Title != "三天" || p.Origin != "" {
		t.Errorf("post %+v; a person's name must not enter by a mapping", p)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ file, content, want string }{
		"empty":        {"a.csv", " \n", "文件是空的"},
		"old Excel":    {"a.xls", "\xd0\xcf\x11\xe0....", "另存为 xlsx"},
		"broken zip":   {"a.xlsx", "PK\x03\x04 nothing", "打不开"},
		"no headers":   {"a.csv", "1,2,3\n4,5,6\n", "没有找到列名"},
		"only persons": {"a.csv", "姓名,电话\n张三,13800138000\n", "没有找到列名"},
		"no object":    {"a.jsonl", "[1]\n", "没有一行是 JSON 对象"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := intake.Read(strings.NewReader(tt.content), tt.file, options())
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), tt.file) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	_, _, err := intake.Read(io.LimitReader(zeros{}, 65<<20), "a.csv", options())
	if err == nil || !strings.Contains(err.Error(), "超过 64 MB") {
		t.Errorf("error %v for a file that is too large", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestMask(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"请打13800138000找我":                "请打138********找我",
		"手机 138 0013 8000":               "手机 138 **** ****",
		"+86-138-0013-8000":              "+86-138-****-****",
		"１３８００１３８０００":                    "１３８********",
		"座机0355-2023456":                 "座机0355-*******",
		"座机03552023456":                  "座机0355*******",
		"身份证140402199003071234":          "身份证******************",
		"身份证14040219900307123x，":         "身份证******************，",
		"老证140402900307123":              "老证***************",
		"电话：2023456":                     "电话：*******",
		"2026-11-20 13800138000来电":       "2026-11-20 138********来电",
		"来电人：张三，电话13800138000":           "来电人：（略），电话138********",
		"姓名: 欧阳某某女士":                     "姓名: （略）",
		"反映人：某某小区居民都反映停电":                "反映人：某某小区居民都反映停电",
		"工单20261120140500001号":           "工单20261120140500001号",
		"2026-11-20 14:05 停电，12345已答复":   "2026-11-20 14:05 停电，12345已答复",
		"损失12000000元，热线400-800-8820":     "损失12000000元，热线400-800-8820",
		"户号 1234567890123456789 欠费 1380": "户号 1234567890123456789 欠费 1380",

		// As people write them.
		"138-0013-8000":             "138-****-****",
		"138—0013—8000":             "138—****—****",
		"１３８－００１３－８０００":             "１３８－****－****",
		"１３８　００１３　８０００":             "１３８　****　****",
		"138.0013.8000":             "138.****.****",
		"8613800138000":             "86138********",
		"（+86）13800138000":          "（+86）138********",
		"电话13800138000，13900139000": "电话138********，139********",
		"19912345678/16612345678":   "199********/166********",
		"打13800138000元旦前":           "打138********元旦前",
		"(0355)2023456":             "(0355)*******",
		"（0355） 2023456转801":        "（0355） *******转801",
		"（０３５５）２０２３４５６":             "（０３５５）*******",
		"010-62345678":              "010-********",
		"0355 2023456":              "0355 *******",
		"电话：2023456、2023457":        "电话：*******、*******",
		"家里电话203 4567":              "家里电话*** ****",
		"140402 19900307 1234":      "****** ******** ****",
		"140402-19900307-123X":      "******-********-****",
		"１４０４０２１９９００３０７１２３Ｘ":        "******************",
		"140402900307123":           "***************",
		"140402 900307 123":         "****** ****** ***",
		"银行卡6222021234567890123":    "银行卡*******************",
		"QQ：123456789":              "QQ：*********",
		"2026年11月20日13800138000来电":  "2026年11月20日138********来电",
		"11-20 13800138000":         "11-20 138********",
		"20261120 13800138000":      "20261120 138********",
		"08:00 0355-2023456":        "08:00 0355-*******",

		// What must stay.
		"总投资13800138000元":             "总投资13800138000元",
		"产量 13500000000 吨":            "产量 13500000000 吨",
		"用气13800138000立方米":            "用气13800138000立方米",
		"百万吨死亡率0.05":                  "百万吨死亡率0.05",
		"1.2亿元，3死5伤，12人被困":            "1.2亿元，3死5伤，12人被困",
		"2026-11-20 08:00:00":         "2026-11-20 08:00:00",
		"20261120":                    "20261120",
		"20261120080000":              "20261120080000",
		"长热诉〔2026〕第138号":              "长热诉〔2026〕第138号",
		"（2026）晋0403民初1380号":          "（2026）晋0403民初1380号",
		"GD202611200001":              "GD202611200001",
		"拨打12345、95598、110、119、96911": "拨打12345、95598、110、119、96911",
		"400-123-4567":                "400-123-4567",
		"#1 机组 600 MW，2×350":          "#1 机组 600 MW，2×350",
		"东经113.0012345 北纬36.1954321":  "东经113.0012345 北纬36.1954321",
		"2025-2026采暖季":                "2025-2026采暖季",
		"小区3-2-1801":                  "小区3-2-1801",
		"价格 1380 1420 1500":           "价格 1380 1420 1500",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if got := intake.Mask(text); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func FuzzMask(f *testing.F) {
	f.Add("电话：2023456 138 0013 8000 140402199003071234")
	f.Fuzz(func(t *testing.T, text string) {
		// Whatever stands around it, a mobile number between Han characters goes.
		if got := intake.Mask(text + "停电13800138000停气" + text); strings.Contains(got, "停电13800138000停气") {
			t.Errorf("%q leaves a phone number", got)
		}
	})
}
