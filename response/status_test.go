package response_test

import (
	"testing"

	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
	"huiying/response"
)

// What waits for an answer is told at the end of a silence, climbs the ladder and is on
// the list of cases: all three ask the same question.
func TestOnlyAnOpenCaseWaitsForAnAnswer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		d := newFixture(t, o, event.Event{Category: verdict.Interest})
		for _, status := range response.Statuses() {
			want := status == response.Open
			if got := status.Waits(); got != want {
				t.Errorf("%s: waits is %t, want %t", status, got, want)
			}
			_, err := d.db.Writer().NewUpdate().Model((*response.Case)(nil)).Set("status = ?", status).Where("event_id = ?", "E-1").Exec(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			waits, _, _, err := response.Waiting(t.Context(), d.db.Reader(), "E-1", start)
			if err != nil {
				t.Fatal(err)
			}
			if waits != want {
				t.Errorf("%s: at the end of a silence it is told as waiting: %t, want %t", status, waits, want)
			}
			settled, err := response.Settled(t.Context(), d.db.Reader(), "E-1")
			if err != nil {
				t.Fatal(err)
			}
			if settled == want {
				t.Errorf("%s: settled is %t, want %t", status, settled, !want)
			}
		}
	})
}
