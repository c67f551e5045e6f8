package casualty

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/internal/verdict"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in   string
		year int
		want verdict.Toll
	}{
		"digits at once":          {in: "事故致3死5伤", want: verdict.Toll{Dead: 3, Injured: 5}},
		"Chinese at once":         {in: "两死一伤", want: verdict.Toll{Dead: 2, Injured: 1}},
		"three and five":          {in: "三死五伤", want: verdict.Toll{Dead: 3, Injured: 5}},
		"eleven":                  {in: "十一人遇难", want: verdict.Toll{Dead: 11}},
		"twenty-three":            {in: "二十三名矿工被困井下", want: verdict.Toll{Trapped: 23}},
		"a hundred and five":      {in: "一百零五人失联", want: verdict.Toll{Missing: 105}},
		"more than thirty":        {in: "三十多人没上来", want: verdict.Toll{Trapped: 30}},
		"a dozen":                 {in: "十几人被困", want: verdict.Toll{Trapped: 10}},
		"nearly a hundred":        {in: "近百人被困", want: verdict.Toll{Trapped: 100}},
		"two or three":            {in: "两三人受伤", want: verdict.Toll{Injured: 3}},
		"dozens":                  {in: "数十人被困", want: verdict.Toll{Trapped: 20}},
		"trapped underground":     {in: "12人被困井下，救援正在进行", want: verdict.Toll{Trapped: 12}},
		"one dead":                {in: "致1死", want: verdict.Toll{Dead: 1}},
		"missing":                 {in: "2人失联", want: verdict.Toll{Missing: 2}},
		"three kinds":             {in: "煤矿坍塌已致2死6伤53失联", want: verdict.Toll{Dead: 2, Injured: 6, Missing: 53}},
		"figure behind":           {in: "事故造成死亡3人、重伤2人", want: verdict.Toll{Dead: 3, Serious: 2}},
		"figure before":           {in: "目前已致3人死亡2人重伤", want: verdict.Toll{Dead: 3, Serious: 2}},
		"rising":                  {in: "遇难人数升至12人", want: verdict.Toll{Dead: 12}},
		"rising, bare":            {in: "死亡人数增至16", want: verdict.Toll{Dead: 16}},
		"at once and later":       {in: "2人当场死亡，1人经抢救无效死亡", want: verdict.Toll{Dead: 3}},
		"total and parts":         {in: "3人死亡，其中2人当场死亡，1人抢救无效死亡", want: verdict.Toll{Dead: 3}},
		"far apart":               {in: "4名正在工作面作业的矿工不幸遇难", want: verdict.Toll{Dead: 4}},
		"repeated":                {in: "5人遇难。截至发稿，已有7人遇难。", want: verdict.Toll{Dead: 7}},
		"thousands":               {in: "1,200人受伤", want: verdict.Toll{Injured: 1200}},
		"seriously among injured": {in: "住院治疗13人，其中重伤2人", want: verdict.Toll{Serious: 2}},
		"injured is not serious":  {in: "10人受伤", want: verdict.Toll{Injured: 10}},
		"trapped, then dead":      {in: "7名被困人员遇难", want: verdict.Toll{Dead: 7}},
		"missing, then alive":     {in: "失联8人全部获救", want: verdict.Toll{Missing: 8}},
		"trapped and dead":        {in: "5人被困1人遇难", want: verdict.Toll{Trapped: 5, Dead: 1}},
		"the rest":                {in: "8人被困。已发现7人死亡，另外1名被困人员还在搜救", want: verdict.Toll{Dead: 7, Trapped: 1}},
		"all accounted for":       {in: "20人被困。9人遇难，11人获救。", want: verdict.Toll{Dead: 9}},
		"household":               {in: "一家三口烧煤取暖中毒身亡", want: verdict.Toll{Dead: 3}},
		"loss in 亿":               {in: "直接经济损失1.2亿元", want: verdict.Toll{LossYuan: 120_000_000}},
		"loss in 万":               {in: "直接经济损失约3000余万元", want: verdict.Toll{LossYuan: 30_000_000}},
		"loss in Chinese":         {in: "损失五千万元", want: verdict.Toll{LossYuan: 50_000_000}},

		"age":               {in: "46岁死亡1人", want: verdict.Toll{Dead: 1}},
		"age before":        {in: "46岁男子死亡", want: verdict.Toll{Dead: 1}},
		"rate":              {in: "百万吨死亡率0.05"},
		"pit number":        {in: "3号井死亡事故"},
		"date":              {in: "11月5日发生死亡事故"},
		"no casualties":     {in: "没有人员伤亡"},
		"none caused":       {in: "未造成人员伤亡"},
		"zero":              {in: "实现零死亡"},
		"not a single one":  {in: "无一人死亡"},
		"visits":            {in: "3人次受伤"},
		"population":        {in: "3000人口的村子有人死亡"},
		"recalled":          {in: "十年前的矿难38人遇难"},
		"anniversary":       {in: "38人遇难的事故二十周年"},
		"year, unknown now": {in: "2010年38人遇难", want: verdict.Toll{Dead: 38}},
		"year, known now":   {in: "2010年38人遇难", year: 2026},
		"Chinese year":      {in: "二〇一〇年38人遇难", year: 2026},
		"this year":         {in: "2026年38人遇难", year: 2026, want: verdict.Toll{Dead: 38}},
		"questioned":        {in: "致7死1伤31人被问责", want: verdict.Toll{Dead: 7, Injured: 1}},

		"one man":         {in: "男子骑车撞上供热管道身亡", want: verdict.Toll{Dead: 1}},
		"one old man":     {in: "老人烧炭取暖身亡", want: verdict.Toll{Dead: 1}},
		"several old men": {in: "多名老人中毒身亡"},
		"miners unsaid":   {in: "长治煤矿矿工遇难"},
		"huge number":     {in: "99999999999999999999人被困", want: verdict.Toll{Trapped: 1_000_000}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(tc.want, Find(tc.in, tc.year)); d != "" {
				t.Errorf("%s: %s", tc.in, d)
			}
		})
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		toll verdict.Toll
		want verdict.Grade
	}{
		"nothing said":     {verdict.Toll{}, verdict.Pending},
		"2 dead":           {verdict.Toll{Dead: 2}, verdict.Ordinary},
		"3 dead":           {verdict.Toll{Dead: 3}, verdict.Large},
		"9 dead":           {verdict.Toll{Dead: 9}, verdict.Large},
		"10 dead":          {verdict.Toll{Dead: 10}, verdict.Major},
		"29 dead":          {verdict.Toll{Dead: 29}, verdict.Major},
		"30 dead":          {verdict.Toll{Dead: 30}, verdict.Extreme},
		"together":         {verdict.Toll{Dead: 2, Missing: 4, Trapped: 4}, verdict.Major},
		"9 serious":        {verdict.Toll{Serious: 9}, verdict.Ordinary},
		"10 serious":       {verdict.Toll{Serious: 10}, verdict.Large},
		"50 serious":       {verdict.Toll{Serious: 50}, verdict.Major},
		"100 serious":      {verdict.Toll{Serious: 100}, verdict.Extreme},
		"injured only":     {verdict.Toll{Injured: 200}, verdict.Ordinary},
		"10 million yuan":  {verdict.Toll{LossYuan: 10_000_000}, verdict.Large},
		"50 million yuan":  {verdict.Toll{LossYuan: 50_000_000}, verdict.Major},
		"100 million yuan": {verdict.Toll{LossYuan: 100_000_000}, verdict.Extreme},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Of(tc.toll); got != tc.want {
				t.Errorf("Of(%+v) = %s, want %s", tc.toll, got, tc.want)
			}
		})
	}
}

func TestOutage(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in   string
		grid int
		want verdict.Grade
	}{
		"nothing said":       {"大面积停电", 0, verdict.Pending},
		"70 % of users":      {"约七成用户停电", 0, verdict.Major},
		"60 % of load":       {"电网故障减供负荷60%", 800, verdict.Major},
		"50 % of users":      {"超过50%的用户停电", 800, verdict.Large},
		"small grid":         {"减供负荷70%", 500, verdict.Large},
		"30 % of users":      {"35%的居民停电", 0, verdict.Ordinary},
		"another percentage": {"电费上涨60%，昨晚停电", 0, verdict.Pending},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := FindOutage(tc.in)
			o.GridMW = tc.grid
			if got := OfOutage(o); got != tc.want {
				t.Errorf("%s: %+v gives %s, want %s", tc.in, o, got, tc.want)
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	f.Add("3死5伤，十一人遇难。损失1.2亿元", 2026)
	f.Fuzz(func(t *testing.T, s string, year int) {
		toll := Find(s, year)
		if toll.Dead < 0 || toll.Missing < 0 || toll.Trapped < 0 || toll.Serious < 0 || toll.Injured < 0 || toll.LossYuan < 0 {
			t.Fatalf("Find(%q) = %+v", s, toll)
		}
	})
}
