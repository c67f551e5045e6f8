package alerting

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

// Act is what people do about an alert.
type Act string

// The acts.
const (
	Take     Act = "take"     // 认领: we are on it
	Answered Act = "answered" // 已回应: the public has its answer
	Mistaken Act = "mistaken" // 误报: there is nothing to answer
	HandOver Act = "handover" // 转办: another section is in charge
)

// Name is the Chinese name that buttons and messages show.
func (a Act) Name() string {
	switch a {
	case Take:
		return "认领"
	case Answered:
		return "已回应"
	case Mistaken:
		return "误报"
	case HandOver:
		return "转办"
	}
	return string(a)
}

// Ack is one act of one section on one event. It names sections, never persons.
type Ack struct {
	bun.BaseModel `bun:"table:acks,alias:ack"`

	// ID is made of event, act and section, for a handover the section it goes to
	// as well, and from the second time on of Round: a button pressed twice is one act.
	ID      string `bun:"id,pk"`
	EventID string `bun:"event_id"`
	Act     Act    `bun:"act"`
	Section string `bun:"section"`
	// Other is the section that a handover goes to.
	Other string `bun:"other"`
	// Note is the reason, or the link to the answer.
	Note string `bun:"note"`
	// Via says by which way it came: slack, link, command.
	Via string    `bun:"via"`
	At  time.Time `bun:"at"`
	// Round is how many times the section did the same before, and it was undone
	// since: the matter was handed on, or grew graver. Not stored but in the ID.
	Round int `bun:"-"`
}

// Same counts the acts of the list that are of this kind, by this section and, for a
// handover, to the same one.
func (a Ack) Same(done []Ack) int {
	n := 0
	for _, d := range done {
		if d.Act == a.Act && d.Section == a.Section && d.Other == a.Other {
			n++
		}
	}
	return n
}

// Acknowledge records an act and reports whether it is new.
func Acknowledge(ctx context.Context, tx store.Conn, a Ack) (first bool, err error) {
	a.ID = a.EventID + "/" + string(a.Act) + "/" + a.Section
	if a.Other != "" {
		a.ID += "/" + a.Other
	}
	if a.Round > 0 {
		a.ID += "#" + strconv.Itoa(a.Round+1)
	}
	res, err := tx.NewInsert().Model(&a).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("record that %s did %s on event %s: %w", a.Section, a.Act, a.EventID, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("record that %s did %s on event %s: %w", a.Section, a.Act, a.EventID, err)
	}
	return n > 0, nil
}

// AcksOf reads what was done about an event, oldest first.
func AcksOf(ctx context.Context, db store.Conn, eventID string) ([]Ack, error) {
	var as []Ack
	if err := db.NewSelect().Model(&as).Where("event_id = ?", eventID).Order("at", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read what was done about event %s: %w", eventID, err)
	}
	return as, nil
}

// MoveAcks makes what was done about one event done about another.
func MoveAcks(ctx context.Context, tx store.Tx, from, to string) error {
	if _, err := tx.NewUpdate().Model((*Ack)(nil)).Set("event_id = ?", to).Where("event_id = ?", from).Exec(ctx); err != nil {
		return fmt.Errorf("move what was done about event %s: %w", from, err)
	}
	return nil
}

// Taken reports whether somebody is on the matter, by what was done about it, oldest
// first. A handover is not that, and whoever handed it on is not any more: the section
// it went to must say so itself.
func Taken(as []Ack) bool {
	on := false
	for _, a := range as {
		on = a.Act != HandOver
	}
	return on
}
