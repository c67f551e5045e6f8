package response

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/internal/store"
)

// Verb is what a person did on a case, beside the acts on its alert.
type Verb string

// The verbs.
const (
	Asked     Verb = "asked"     // the legal reviewer was asked; the note is the draft or the question
	Passed    Verb = "passed"    // the legal reviewer has no objection
	Objected  Verb = "objected"  // the legal reviewer has one
	Consulted Verb = "consulted" // an agency was named that must confirm
	Confirmed Verb = "confirmed" // a named agency confirmed
	Waived    Verb = "waived"    // a named agency need not confirm, with the reason
	Graded    Verb = "graded"    // the grade was set
	Finished  Verb = "closed"    // 办结
	Absorbed  Verb = "absorbed"  // another case was merged into this one
	MergedOff Verb = "merged"    // the case goes on as another
	SplitOff  Verb = "split"     // the matter was split off another's
)

// Name is the verb in Chinese.
func (v Verb) Name() string {
	switch v {
	case Asked:
		return "请求合法性审核"
	case Passed:
		return "合法性审核通过"
	case Objected:
		return "合法性审核不通过"
	case Consulted:
		return "要求会商"
	case Confirmed:
		return "会商确认"
	case Waived:
		return "免会商"
	case Graded:
		return "定级"
	case Finished:
		return "办结"
	case Absorbed:
		return "并入本事项"
	case MergedOff:
		return "并入"
	case SplitOff:
		return "拆出"
	}
	return string(v)
}

// Entry is one line of a case's log. What is written is never changed.
type Entry struct {
	bun.BaseModel `bun:"table:case_log,alias:entry"`

	// ID is the id of the case that it was written for, "/", the verb and a number.
	ID     string `bun:"id,pk"`
	CaseID string `bun:"case_id"`
	Verb   Verb   `bun:"act"`
	// By is the section or the role that did it, never a person's name.
	By string `bun:"by_whom"`
	// Subject is the agency, the grades, or the other case.
	Subject string    `bun:"subject"`
	Note    string    `bun:"note"`
	Via     string    `bun:"via"`
	At      time.Time `bun:"at"`
}

// Record adds an entry to the log of a case, numbered.
func Record(ctx context.Context, tx store.Conn, e Entry) (Entry, error) {
	n, err := tx.NewSelect().Model((*Entry)(nil)).Where("case_id = ?", e.CaseID).Count(ctx)
	if err != nil {
		return e, fmt.Errorf("number the log of case %s: %w", e.CaseID, err)
	}
	e.ID = fmt.Sprintf("%s/%s/%d", e.CaseID, e.Verb, n+1)
	if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
		return e, fmt.Errorf("write the log of case %s: %w", e.CaseID, err)
	}
	return e, nil
}

// Log reads the log of a case, oldest first.
func Log(ctx context.Context, db store.Conn, caseID string) ([]Entry, error) {
	var all []Entry
	if err := db.NewSelect().Model(&all).Where("case_id = ?", caseID).Order("at", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the log of case %s: %w", caseID, err)
	}
	return all, nil
}

// Line is one thing that was done about a matter, as people read it.
type Line struct {
	At time.Time `json:"at"`
	By string    `json:"by"`
	// Did is what was done, in Chinese; Note the reason, the draft or the evidence.
	Did  string `json:"did"`
	Note string `json:"note,omitempty"`
}

// History is all that people did about an event and its case, oldest first.
func History(ctx context.Context, db store.Conn, eventID string) ([]Line, error) {
	acks, err := alerting.AcksOf(ctx, db, eventID)
	if err != nil {
		return nil, err
	}
	log, err := Log(ctx, db, CaseID(eventID))
	if err != nil {
		return nil, err
	}
	out := make([]Line, 0, len(acks)+len(log))
	for _, a := range acks {
		did := a.Act.Name()
		if a.Other != "" {
			did += "给" + a.Other
		}
		out = append(out, Line{At: a.At, By: a.Section, Did: did, Note: a.Note})
	}
	for _, e := range log {
		did := e.Verb.Name()
		if e.Subject != "" {
			did += " " + e.Subject
		}
		out = append(out, Line{At: e.At, By: e.By, Did: did, Note: e.Note})
	}
	slices.SortStableFunc(out, func(a, b Line) int { return a.At.Compare(b.At) })
	return out, nil
}

// Gate is what must be cleared before a matter is done with: each agency named for
// confirmation (机制第三条: 涉及其他单位的, 发布前与其沟通确认), and the legal reviewer once
// asked. It holds the closing of a case, not the record of an answer: that the public
// has been told is a fact, whoever was not asked before.
type Gate struct {
	// Name is the agency, or the legal reviewer.
	Name string `json:"name"`
	// Legal says that it is the legal reviewer's.
	Legal bool `json:"legal,omitempty"`
	Clear bool `json:"clear"`
	// State says in Chinese how it stands.
	State string `json:"state"`
}

// Gates lists the gates of a case: consult are the agencies that its event names.
func Gates(consult []string, log []Entry, reviewer string) []Gate {
	var out []Gate
	for _, agency := range consult {
		g := Gate{Name: agency, State: "未确认"}
		for _, e := range log {
			if e.Subject == agency && (e.Verb == Confirmed || e.Verb == Waived) {
				g.Clear, g.State = true, map[Verb]string{Confirmed: "已确认", Waived: "免会商"}[e.Verb]
			}
		}
		out = append(out, g)
	}
	last := Entry{}
	for _, e := range log {
		switch e.Verb {
		case Asked, Passed, Objected:
			last = e
		case Consulted, Confirmed, Waived, Graded, Finished, Absorbed, MergedOff, SplitOff:
		}
	}
	switch last.Verb {
	case Asked:
		out = append(out, Gate{Name: reviewer, Legal: true, State: "待审核"})
	case Objected:
		out = append(out, Gate{Name: cmp.Or(last.By, reviewer), Legal: true, State: "审核不通过"})
	case Passed:
		out = append(out, Gate{Name: cmp.Or(last.By, reviewer), Legal: true, Clear: true, State: "审核通过"})
	case Consulted, Confirmed, Waived, Graded, Finished, Absorbed, MergedOff, SplitOff:
	}
	return out
}

// Barred says in Chinese which gates are not clear; "" where all are.
func Barred(gates []Gate) string {
	var parts []string
	for _, g := range gates {
		if !g.Clear {
			parts = append(parts, g.Name+g.State)
		}
	}
	return strings.Join(parts, "、")
}
