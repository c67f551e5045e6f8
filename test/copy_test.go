package test

import (
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

// A second copy on the same SQLite file, started by accident, says so and ends
// within 15 s; the first goes on and sends each alert once.
func TestASecondCopyOnOneFileStandsBack(t *testing.T) {
	t.Parallel()
	d := onDuty(t, "storage: {driver: sqlite, path: huiying.db}")
	began := time.Now()
	_, stderr, code := huiying(t, "run", "-c", d.config, "--data", d.data)
	took := time.Since(began)
	if code == 0 || took > 15*time.Second || !strings.Contains(stderr, "another huiying works on") || !strings.Contains(stderr, "stop it first") {
		t.Errorf("the second copy ended after %v with code %d:\n%s", took, code, stderr)
	}
	d.publish(trapped3)
	db := storetest.Open(t, store.Options{Path: d.data + "/huiying.db"})
	await(t, time.Minute, func() (bool, string) {
		n, err := db.Reader().NewSelect().Model((*alerting.Delivery)(nil)).Where("state = ?", alerting.Sent).Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n > 0 && len(d.slack.Deliveries()) >= int(n), d.log.String()
	})
	twice := 0
	for id, n := range d.slack.Deliveries() {
		if n > 1 {
			twice += n - 1
			t.Errorf("%s was sent %d times", id, n)
		}
	}
	t.Logf("redis-fault secondcopy lost=0 duplicates=%d posts=1 alerts=1, the loser said so after %.1fs", twice, took.Seconds())
}
