package extract_test

import (
	"testing"

	"huiying/crawler/extract"
)

func TestReads(t *testing.T) {
	t.Parallel()
	page := func(meta string) string {
		return "<html><head><title>县城停电通知</title></head><body><h1>县城停电通知公告</h1><div>" + meta +
			"</div><div class=c><p>因设备检修，县城东街十一月二十四日停电，请相互转告，提前做好准备，给您带来的不便敬请谅解。</p>" +
			"<p>有网友说点击 999 次也打不开报修网页，供电公司正在核实有关情况。</p></div></body></html>"
	}
	for name, test := range map[string]struct {
		meta, css string
		want      int64
	}{
		"label and figure":  {"2026-11-23 来源：某县政府 浏览次数：<span>1,204</span> 次", "", 1204},
		"figure and label":  {"2026-11-23 345次浏览", "", 345},
		"filled by scripts": {"2026-11-23 浏览次数：<script>document.write(9)</script>", "", 0},
		"none":              {"2026-11-23 10:00 来源：某报", "", 0},
		"by selector":       {"<b class=n>3.4万</b> 浏览：7", ".n", 34000},
	} {
		a, err := extract.Read(page(test.meta), "http://a.example.invalid/1", extract.Options{ReadsSelector: test.css})
		if err != nil || a.Reads != test.want {
			t.Errorf("%s: %d, %v, want %d", name, a.Reads, err, test.want)
		}
	}
}
