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
		ID: post.KeyedID(nil, "hotline", "GD20261120001"), Source: "hotline", SourceName: "热线", Channel: post.Hotline, Local: true,
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
	if id := post.KeyedID(nil, "hotline", "没有编号\n又停电了"); posts[4].ID != id {
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

// Numbers that look like ID numbers tell rows apart all the same, and two rows of
// one number and different texts are two posts and a problem.
func TestIdentity(t *testing.T) {
	t.Parallel()
	content := "编号,内容\n140402200001010001,停电\n140402200001010002,停电\n2.02611E+13,停气\n2.02611E+13,煤矿透水\n2.02611E+13,停气\n"
	o := options()
	o.Secret = []byte("a")
	posts, problems, err := intake.Read(strings.NewReader(content), "a.csv", o)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for _, p := range posts {
		ids[p.ID] = p.Body
	}
	if len(posts) != 4 || len(ids) != 4 {
		t.Errorf("%d posts of %d ids, want 4 of 4: %v", len(posts), len(ids), ids)
	}
	want := "a.csv:5: 编号与第 4 行相同, 内容不同; 这一行已导入, 按内容另算一条; 请核对编号, Excel 会把长编号的后几位变成 0"
	if len(problems) != 1 || problems[0].String() != want {
		t.Errorf("problems %v, want %s", problems, want)
	}
	o.Secret = []byte("b")
	again, _, err := intake.Read(strings.NewReader(content), "a.csv", o)
	if err != nil || len(again) != 4 || ids[again[0].ID] != "" {
		t.Errorf("another secret gives the same ids: %v %v", again, err)
	}
}
