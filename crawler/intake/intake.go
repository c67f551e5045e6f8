// Package intake reads what does not come from the web: sheets of the hotline and
// of press clippings, as CSV, XLSX or JSON lines. Who called is dropped
// as a row is read, and what finds a person inside texts is hidden before anything else
// sees them.
package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"huiying/crawler"
	"huiying/crawler/sitetext"
	"huiying/internal/post"
	"huiying/internal/privacy"
	"huiying/internal/zh"
)

// maxBytes is as large as a sheet may be; a year of a city's hotline is less.
const maxBytes = 64 << 20

// Options says what a sheet's rows belong to.
type Options struct {
	// Source gives the posts their source and channel.
	Source crawler.Source
	// Columns maps headers to fields where guessing does not do; a header mapped
	// to None is ignored. A header that names a person is dropped all the same.
	Columns map[string]Field
	// Secret keys the hash that tells rows apart, whose numbers and texts may name
	// persons. Defaults to none, which is good for tests only.
	Secret []byte
	// Now judges times. Zero means that a time must carry its year.
	Now time.Time
}

// Field is what a column holds.
type Field string

// The fields of a row. Columns of any other meaning are ignored.
const (
	None   Field = ""
	ID     Field = "id"
	Title  Field = "title"
	Body   Field = "body"
	Time   Field = "time"
	Place  Field = "place"
	Origin Field = "origin"
	URL    Field = "url"
)

// Problem is something wrong with one row, told in Chinese.
type Problem struct {
	File string
	// Row counts from 1, the headers included, as a spreadsheet shows it.
	Row    int
	What   string
	Remedy string
	// Lost says that the row was left out; else it was taken without what is wrong.
	Lost bool
}

// String is file:row: what; remedy.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d: %s; %s", p.File, p.Row, p.What, p.Remedy)
}

// row is one row of a sheet by field, private columns already gone.
type row struct {
	number int
	cells  map[Field]string
	// when is set where the sheet knows the time as a time.
	when time.Time
}

// reader collects what a sheet yields.
type reader struct {
	file     string
	o        Options
	posts    []post.Post
	problems []Problem
	seen     map[string]seen
}

// Read reads a sheet. Name tells its kind by its extension and stands in
// problems. Rows with problems are left out or lose the field concerned; all
// others are returned. The error, in Chinese, means that nothing could be read.
func Read(r io.Reader, name string, o Options) (posts []post.Post, problems []Problem, err error) {
	file := filepath.Base(name)
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("%s: 读取失败: %w", file, err)
	case len(raw) > maxBytes:
		return nil, nil, fmt.Errorf("%s: 文件超过 %d MB; 请分成几个文件", file, maxBytes>>20)
	case len(bytes.TrimSpace(raw)) == 0:
		return nil, nil, fmt.Errorf("%s: 文件是空的; 请重新导出", file)
	}
	rd := &reader{file: file, o: o, seen: map[string]seen{}}
	switch ext := strings.ToLower(filepath.Ext(name)); {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		err = rd.xlsx(raw)
	case bytes.HasPrefix(raw, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		err = errors.New("是旧版 Excel 或加了密码的文件; 请去掉密码, 另存为 xlsx")
	case ext == ".jsonl" || ext == ".ndjson" || ext == ".json" || bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")):
		err = rd.jsonLines(raw)
	default:
		err = rd.csv(raw)
	}
	if err != nil {
		return nil, rd.problems, fmt.Errorf("%s: %w", file, err)
	}
	return rd.posts, rd.problems, nil
}

// lose reports a row that is left out, flaw one that is taken all the same.
func (rd *reader) lose(row int, what, remedy string) {
	rd.problems = append(rd.problems, Problem{File: rd.file, Row: row, What: privacy.Mask(what), Remedy: "这一行没有导入, " + remedy, Lost: true})
}

func (rd *reader) flaw(row int, what, remedy string) {
	rd.problems = append(rd.problems, Problem{File: rd.file, Row: row, What: privacy.Mask(what), Remedy: "这一行已导入, " + remedy})
}

// add makes a row a post.
func (rd *reader) add(r row) {
	for f, text := range r.cells {
		r.cells[f] = sitetext.PlainText(text)
	}
	title, body := strings.ReplaceAll(r.cells[Title], "\n", " "), r.cells[Body]
	if title == "" && body == "" {
		rd.lose(r.number, "没有标题也没有内容", "请补上内容再导入")
		return
	}
	p := rd.o.Source.NewPost()
	p.Title, p.Body, p.Origin = title, body, r.cells[Origin]
	if place := r.cells[Place]; place != "" && !strings.Contains(body, place) {
		// The place decides whose matter it is, and the classifier reads text.
		p.Body = strings.TrimPrefix(body+"\n地点: "+place, "\n")
	}
	p.Published = rd.time(r)
	if link := r.cells[URL]; link != "" {
		canonical, err := sitetext.CanonicalURL(link)
		if err != nil {
			rd.flaw(r.number, "链接不能用: "+link, "但没有链接; 链接要以 http:// 或 https:// 开头")
		}
		p.URL = canonical
	}
	if !rd.identify(&p, r, title+"\n"+body) {
		return // the same row twice
	}
	for _, s := range []*string{&p.Title, &p.Body, &p.Origin} {
		*s = privacy.Mask(*s)
	}
	rd.posts = append(rd.posts, p)
}

// identify gives a post its id, from its row's number as it came, else from its
// text, before anything is hidden. A row whose number another row has with another
// text is known by its text: neither may replace the other. It is false for a row
// that stands here already.
func (rd *reader) identify(p *post.Post, r row, text string) bool {
	whole := p.Title + "\n" + p.Body
	for _, key := range []string{r.cells[ID], text} {
		if key == "" {
			continue
		}
		p.ID = post.KeyedID(rd.o.Secret, p.Source, key)
		first, twice := rd.seen[p.ID]
		if !twice {
			rd.seen[p.ID] = seen{r.number, whole}
			return true
		}
		if first.text == whole {
			return false
		}
		rd.flaw(r.number, fmt.Sprintf("编号与第 %d 行相同, 内容不同", first.row), "按内容另算一条; 请核对编号, Excel 会把长编号的后几位变成 0")
	}
	return false
}

// seen is the first row of an id.
type seen struct {
	row  int
	text string
}

func (rd *reader) time(r row) time.Time {
	now := rd.o.Now
	if now.IsZero() {
		now = time.Date(9999, 1, 1, 0, 0, 0, 0, zh.Beijing())
	}
	text := r.cells[Time]
	t := r.when
	ok := !t.IsZero() && t.Before(now.Add(24*time.Hour))
	if t.IsZero() {
		if text == "" {
			return t
		}
		t, ok = sitetext.ParseTime(text, now)
	}
	if !ok {
		rd.flaw(r.number, "时间看不懂或在将来: "+text, "但没有时间; 请写成 2026-11-20 14:05")
		return time.Time{}
	}
	return t
}
