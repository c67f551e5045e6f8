package test

import (
	"strings"
	"testing"
	"time"

	"huiying/internal/store"
	"huiying/internal/storetest"
)

// The program goes on with the database that an older release left: it shows and
// answers the cases of then, tells the alerts of now, and ends in order.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	storetest.Releases(t, releases, func(t *testing.T, o store.Options) {
		d := onDuty(t, storageOf(t, o))
		cases := caseID.FindAllStringSubmatch(d.beside("case", "list", "--all"), -1)
		if len(cases) < 2 {
			t.Fatalf("cases of then: %v", cases)
		}
		open := caseID.FindAllStringSubmatch(d.beside("case", "list"), -1)
		if len(open) == 0 || len(open) == len(cases) {
			t.Errorf("%d of %d cases wait for an answer, want some", len(open), len(cases))
		}
		for _, c := range cases {
			holds(t, "case show", d.beside("case", "show", c[1]), c[1])
		}
		id := open[0][1]
		holds(t, "the page of an event", get(t, d.page()+"/events/"+strings.Replace(id, "C-", "E-", 1)), id)
		const release = "https://gov.example.invalid/release/2.html"
		holds(t, "case answer", d.beside("case", "answer", id, "--url", release), release)
		news := item{1, "平顺县一化工厂发生爆炸 3人死亡", "今晨，平顺县一化工厂车间发生爆炸，造成3人死亡，消防救援人员正在现场处置。"}
		d.publish(news)
		await(t, 30*time.Second, func() (bool, string) {
			for _, m := range d.slack.Messages() {
				if strings.Contains(m.Text, news.title) {
					return true, ""
				}
			}
			return false, "nobody was told\n" + d.log.String()
		})
		d.end()
	})
}

// storageOf is how a configuration names a database.
func storageOf(t *testing.T, o store.Options) string {
	t.Helper()
	if o.Driver == store.Postgres {
		return "storage: {driver: postgres, url: " + secret(t, o.URL) + "}"
	}
	return "storage: {driver: sqlite, path: " + o.Path + "}"
}
