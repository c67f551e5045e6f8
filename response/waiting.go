package response

import (
	"context"
	"errors"
	"strings"
	"time"

	"huiying/internal/store"
)

// Waiting says whether an event waits for its answer, in Chinese how its running
// clocks stand at now, and whether one of them ran out.
func Waiting(ctx context.Context, db store.Conn, eventID string, now time.Time) (waits bool, clocks string, overdue bool, err error) {
	c, err := Find(ctx, db, eventID)
	if errors.Is(err, ErrNoCase) {
		return false, "", false, nil
	}
	if err != nil || !c.Status.Waits() {
		return false, "", false, err
	}
	var words []string
	for _, k := range c.Clocks {
		if k.Running() {
			words = append(words, k.Kind.Name()+k.Words(now))
			overdue = overdue || k.Overdue(now) >= 0
		}
	}
	return true, strings.Join(words, "，"), overdue, nil
}
