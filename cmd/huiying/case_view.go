package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/configs"
	"huiying/digest"
	"huiying/event"
	"huiying/internal/app"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
	"huiying/response"
)

// caseView is a case as commands show it, and as --json prints it: the keys that
// other programs rely on. Times are RFC 3339.
type caseView struct {
	ID         string           `json:"id"`
	Event      string           `json:"event"`
	Title      string           `json:"title"`
	Category   verdict.Category `json:"category"`
	Grade      verdict.Grade    `json:"grade"`
	Status     response.Status  `json:"status"`
	Owner      string           `json:"owner"`
	Sections   []string         `json:"sections"`
	Units      []string         `json:"units"`
	OpenedAt   time.Time        `json:"opened_at"`
	AnsweredAt time.Time        `json:"answered_at,omitzero"`
	ClosedAt   time.Time        `json:"closed_at,omitzero"`
	// MergedInto is the case as which this one goes on.
	MergedInto string           `json:"merged_into,omitempty"`
	Clocks     []digest.Clock   `json:"clocks"`
	Gates      []response.Gate  `json:"gates"`
	Log        []response.Line  `json:"log"`
	Offers     []response.Offer `json:"-"`

	event    event.Event
	k        response.Case
	silences []alerting.Silence
}

// viewOf reads all that is shown of a case.
func viewOf(ctx context.Context, db *store.DB, config *configs.Config, k response.Case, now time.Time) (caseView, error) {
	e, err := event.ByID(ctx, db.Reader(), k.EventID)
	if err != nil {
		return caseView{}, err
	}
	v := caseView{
		ID: k.ID, Event: e.ID, Title: safetext.Line(e.Title), Category: e.Category, Grade: e.Grade, Status: k.Status, Owner: k.Owner,
		Sections: append([]string{}, e.Sections...), Units: append([]string{}, e.Units...), OpenedAt: k.OpenedAt, AnsweredAt: k.AnsweredAt, ClosedAt: k.ClosedAt, MergedInto: k.MergedInto,
		Clocks: []digest.Clock{}, event: e, k: k,
	}
	for _, clock := range k.Clocks {
		v.Clocks = append(v.Clocks, digest.ClockAt(*clock, now))
	}
	log, err := response.Log(ctx, db.Reader(), k.ID)
	if err != nil {
		return v, err
	}
	v.Gates = append([]response.Gate{}, response.Gates(e.Consult, log, config.Organisation.LegalReviewer)...)
	if v.Log, err = response.History(ctx, db.Reader(), e.ID); err != nil {
		return v, err
	}
	if v.silences, err = alerting.SilencesOver(ctx, db.Reader(), e.ID); err != nil {
		return v, err
	}
	v.Offers, err = response.Offers(ctx, db.Reader(), k.ID)
	return v, err
}

// print shows a case whole.
func (v caseView) print(w io.Writer, now time.Time) {
	fmt.Fprintf(w, "%s  【%s】%s\n", v.ID, digest.Label(v.Category, v.Grade), v.Title)
	fmt.Fprintf(w, "责任科室  %s\n状态      %s\n", v.Owner, v.Status.Name())
	if v.MergedInto != "" {
		fmt.Fprintf(w, "并入      %s\n", v.MergedInto)
	}
	if len(v.Units) > 0 {
		fmt.Fprintf(w, "属地单位  %s\n", strings.Join(v.Units, "、"))
	}
	for _, g := range v.Gates {
		kind := "会商    "
		if g.Legal {
			kind = "审核    "
		}
		fmt.Fprintf(w, "%s  %s  %s\n", kind, safetext.Line(g.Name), g.State)
	}
	fmt.Fprintf(w, "首次发现  %s\n帖子      %d 条, 来源 %d 个\n研判      %s\n",
		zh.Stamp(v.event.FirstSeen), v.event.Posts, v.event.Sources, safetext.Line(v.event.Why))
	printClocks(w, v.k, now)
	for _, s := range v.silences {
		fmt.Fprintf(w, "%s  %s\n", s.ID, safetext.Line(s.Held()))
	}
	for _, o := range v.Offers {
		fmt.Fprintf(w, "疑似答复  %s（%s，%s）\n  依据      %s\n  是就确认  %s\n",
			safetext.Title(o.Title), safetext.Line(o.SourceName), zh.Stamp(o.CreatedAt), safetext.Line(o.Why), safetext.Line(o.Confirm()))
	}
	v.printLog(w)
}

// printLog shows what people did, oldest first.
func (v caseView) printLog(w io.Writer) {
	for _, l := range v.Log {
		line := l.By + l.Did
		if l.Note != "" {
			line += "：" + l.Note
		}
		fmt.Fprintf(w, "  %s  %s\n", zh.Stamp(l.At), safetext.Line(line))
	}
}

// printBrief shows how a case stands after something was done on it.
func (v caseView) printBrief(w io.Writer, now time.Time) {
	fmt.Fprintf(w, "%s  【%s】%s  责任科室 %s\n", v.ID, digest.Label(v.Category, v.Grade), v.Status.Name(), v.Owner)
	printClocks(w, v.k, now)
	if open := response.Barred(v.Gates); open != "" {
		fmt.Fprintf(w, "  尚缺  %s\n", safetext.Line(open))
	}
	v.printLog(w)
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// deskFlags are those of every verb that does something on a case.
type deskFlags struct {
	database
	JSON bool   `name:"json" help:"输出 JSON。"`
	ID   string `arg:"" help:"事项或事件编号。"`
}

// act does something on a case and shows how it then stands. What is refused is said
// in Chinese, with exit code 1.
func (c deskFlags) act(ctx context.Context, std *streams, do func(*response.Acts) (response.Case, error)) (v caseView, err error) {
	err = c.with(ctx, std, func(db *store.DB, config *configs.Config) error {
		acts, err := app.Acts(db, config)
		if err != nil {
			return err
		}
		k, err := do(acts)
		if refused, ok := errors.AsType[*response.RefusedError](err); ok {
			fmt.Fprintln(std.Err, refused)
			if errors.Is(err, response.ErrNoSection) {
				fmt.Fprintln(std.Err, "有这些: "+strings.Join(config.Organisation.Told(), "、"))
			}
			return exitError{1}
		}
		if err != nil {
			return noCase(err, std)
		}
		now := time.Now()
		if v, err = viewOf(ctx, db, config, k, now); err != nil {
			return err
		}
		if c.JSON {
			return printJSON(std.Out, v)
		}
		v.printBrief(std.Out, now)
		return nil
	})
	return v, err
}

// stopped counts the clocks of a case that stand still.
func stopped(k response.Case) int {
	n := 0
	for _, clock := range k.Clocks {
		if !clock.Running() {
			n++
		}
	}
	return n
}

// gradeNamed reads a grade by its Chinese or English name.
func gradeNamed(s string) (verdict.Grade, bool) {
	all := []verdict.Grade{verdict.Extreme, verdict.Major, verdict.Large, verdict.Ordinary}
	i := slices.IndexFunc(all, func(g verdict.Grade) bool { return g.Name() == s || string(g) == s })
	if i < 0 {
		return "", false
	}
	return all[i], true
}
