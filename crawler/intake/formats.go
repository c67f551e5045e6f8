package intake

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"huiying/crawler/fetch"
	"huiying/internal/zh"
)

// csv reads comma, semicolon or tab separated text in any Chinese charset.
func (rd *reader) csv(raw []byte) error {
	text, _ := fetch.Decode(raw, "")
	text = strings.TrimPrefix(text, "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator(text)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	t := &table{rd: rd}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var pe *csv.ParseError
			if !errors.As(err, &pe) {
				return fmt.Errorf("读取失败: %w", err)
			}
			rd.lose(pe.StartLine, "引号不成对", "请检查双引号")
			continue
		}
		line, _ := r.FieldPos(0)
		t.take(line, cells, nil)
	}
	if t.fields == nil {
		return errNoHeader
	}
	return nil
}

// separator is the most frequent one of the first lines.
func separator(text string) rune {
	head := text[:min(len(text), 2000)]
	best := ','
	for _, r := range []rune{'\t', ';'} {
		if strings.Count(head, string(r)) > strings.Count(head, string(best)) {
			best = r
		}
	}
	return best
}

// maxUnzipped bounds a workbook after decompression, in bytes.
const maxUnzipped = 128 << 20

// xlsx reads every sheet of a workbook that has headers.
func (rd *reader) xlsx(raw []byte) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("不是完好的 xlsx 文件: %v; 请重新另存", v)
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped})
	if err != nil {
		return fmt.Errorf("打不开: %w; 请用 Excel 或 WPS 重新另存为 xlsx", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	props, err := f.GetWorkbookProps()
	if err != nil {
		return fmt.Errorf("打不开: %w; 请重新另存为 xlsx", err)
	}
	since1904 := props.Date1904 != nil && *props.Date1904
	found := false
	for _, sheet := range f.GetSheetList() {
		rows, err := f.Rows(sheet)
		if err != nil {
			return fmt.Errorf("工作表 %s 读取失败: %w", sheet, err)
		}
		t := &table{rd: rd}
		for n := 1; rows.Next(); n++ {
			cells, err := rows.Columns()
			if err != nil {
				rd.lose(n, "工作表 "+sheet+" 的这一行读不出来", "请重新另存为 xlsx 再导入")
				continue
			}
			t.take(n, cells, func(cell string) time.Time { return serial(cell, since1904) })
		}
		if err := rows.Close(); err != nil {
			return fmt.Errorf("工作表 %s 读取失败: %w", sheet, err)
		}
		found = found || t.fields != nil
	}
	if !found {
		return errNoHeader
	}
	return nil
}

// serial reads a spreadsheet's time, which is a number of days on China's clock.
func serial(cell string, since1904 bool) time.Time {
	days, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsNaN(days) || days < 20000 || days > 80000 { // 1954 to 2119
		return time.Time{}
	}
	t, err := excelize.ExcelDateToTime(days, since1904)
	if err != nil {
		return time.Time{}
	}
	t = t.Round(time.Second)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zh.Beijing())
}

// jsonLines reads one object a line, its keys taken for headers.
func (rd *reader) jsonLines(raw []byte) error {
	text, _ := fetch.Decode(raw, "")
	n, good := 0, 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		n++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber() // a long number must not become 2.02e+10
		var object map[string]any
		if err := d.Decode(&object); err != nil {
			rd.lose(n, "不是一行一个 JSON 对象", "请检查引号、逗号和大括号")
			continue
		}
		good++
		rd.object(n, object)
	}
	if good == 0 {
		return errors.New("没有一行是 JSON 对象; 每行应是一个 {…}")
	}
	return nil
}

// object takes one object, its keys read as headers.
func (rd *reader) object(number int, object map[string]any) {
	r := row{number: number, cells: map[Field]string{}}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if f := rd.o.columns([]string{key})[0]; f != None && r.cells[f] == "" {
			r.cells[f] = scalar(object[key])
		}
	}
	rd.add(r)
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
