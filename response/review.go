package response

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
)

// MaxDraft is as long as a draft or a question for review may be, in characters: a
// message on every platform must hold it, WeCom's being 4,096 bytes.
const MaxDraft = 900

// AskReview asks the legal reviewer (机制第一条: 编制人事科审核合法性) about a draft or a
// question, which is w.Reason. Who asks again asks about the new draft.
func (a *Acts) AskReview(ctx context.Context, w Instruction) (Case, error) {
	w.Reason = strings.TrimSpace(w.Reason)
	switch n := utf8.RuneCountInString(w.Reason); {
	case n == 0:
		return Case{}, refuse("请给出要审核的稿子（--draft 文件）或问题（--question）")
	case n > MaxDraft:
		return Case{}, refuse("稿子有 %d 字，一次最多 %d 字：请摘要点，全文另送", n, MaxDraft)
	}
	return a.on(ctx, w, func(ctx context.Context, tx store.Tx, c *Case, e *event.Event, now time.Time) error {
		entry, err := Record(ctx, tx, Entry{CaseID: c.ID, Verb: Asked, By: w.By, Note: w.Reason, Via: w.Via, At: now})
		if err != nil {
			return err
		}
		router := a.Outbox.Router()
		n := alerting.About(*e, "V-"+entry.ID, alerting.KindReview, now)
		n.Content = alerting.Content{
			Headline: "【请审核】",
			Summary:  w.Reason,
			Fields: []alerting.Field{
				{Name: "送审", Value: w.By},
				ClocksField(*c, now),
				{Name: "登记意见", Value: "huiying case review " + c.ID + " --ok；不同意: --no --note 意见"},
			},
		}
		if len(e.Consult) > 0 {
			n.Content.Fields = append(n.Content.Fields, alerting.Field{Name: "会商", Value: strings.Join(e.Consult, "、")})
		}
		return a.say(ctx, tx, n, *e, router.Route(n))
	})
}

// Reviewed records what the legal reviewer says to what was asked last; w.Reason is
// the opinion, which an objection must have.
func (a *Acts) Reviewed(ctx context.Context, w Instruction, ok bool) (Case, error) {
	reviewer := a.Outbox.Router().LegalReviewer()
	if reviewer == "" {
		reviewer = a.Outbox.Router().Office().Name
	}
	if w.By == "" {
		w.By = reviewer
	}
	w.Reason = strings.TrimSpace(w.Reason)
	switch {
	case w.By != reviewer:
		return Case{}, refuse("审核意见由%s登记", reviewer)
	case !ok && w.Reason == "":
		return Case{}, refuse("请写明不同意的意见（--note）")
	}
	return a.on(ctx, w, func(ctx context.Context, tx store.Tx, c *Case, e *event.Event, now time.Time) error {
		log, err := Log(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		asked := ""
		for _, l := range log {
			switch l.Verb {
			case Asked:
				asked = l.By
			case Passed, Objected:
				asked = ""
			case Consulted, Confirmed, Waived, Graded, Finished, Absorbed, MergedOff, SplitOff:
			}
		}
		if asked == "" {
			return refuse("没有等着审核的稿子：先用 case review 编号 --draft 送审")
		}
		verb, head := Passed, "【合法性审核通过】"
		if !ok {
			verb, head = Objected, "【合法性审核不通过，请勿发布】"
		}
		entry, err := Record(ctx, tx, Entry{CaseID: c.ID, Verb: verb, By: w.By, Note: w.Reason, Via: w.Via, At: now})
		if err != nil {
			return err
		}
		n := alerting.About(*e, "V-"+entry.ID, alerting.KindUpdate, now)
		n.Content = alerting.Content{Headline: head, Fields: []alerting.Field{{Name: "审核", Value: w.By}}}
		if w.Reason != "" {
			n.Content.Fields = append(n.Content.Fields, alerting.Field{Name: "意见", Value: w.Reason})
		}
		to := a.inCharge(*e)
		if r, ok := a.Outbox.Router().Named(asked); ok {
			to = alerting.Join(to, []alerting.Receiver{r})
		}
		return a.say(ctx, tx, n, *e, to)
	})
}

// Confirm records that a named agency confirmed what is to be published, or with
// waive that it need not, for w.Reason. With name it names one more that must.
func (a *Acts) Confirm(ctx context.Context, w Instruction, agency string, verb Verb) (Case, error) {
	agency, w.Reason = strings.TrimSpace(agency), strings.TrimSpace(w.Reason)
	switch {
	case agency == "":
		return Case{}, refuse("请写明是哪个单位（--agency）")
	case verb == Waived && w.Reason == "":
		return Case{}, refuse("请写明为什么不用会商（--note）")
	}
	return a.on(ctx, w, func(ctx context.Context, tx store.Tx, c *Case, e *event.Event, now time.Time) error {
		named := slices.Contains(e.Consult, agency)
		switch {
		case verb == Consulted && named:
			return refuse("%s已在会商之列", agency)
		case verb != Consulted && !named && len(e.Consult) == 0:
			return refuse("这件事没有要会商的单位；要加上%s，用 --add", agency)
		case verb != Consulted && !named:
			return refuse("%s不在会商之列（有：%s）；要加上它，用 --add", agency, strings.Join(e.Consult, "、"))
		case verb == Consulted:
			e.Consult = append(slices.Clone(e.Consult), agency)
			if err := event.SaveConsult(ctx, tx, e); err != nil {
				return err
			}
		}
		entry, err := Record(ctx, tx, Entry{CaseID: c.ID, Verb: verb, By: w.By, Subject: agency, Note: w.Reason, Via: w.Via, At: now})
		if err != nil {
			return err
		}
		log, err := Log(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		n := alerting.About(*e, "K-"+entry.ID, alerting.KindUpdate, now)
		n.Content = alerting.Content{
			Headline: "【" + verb.Name() + "：" + agency + "】",
			Fields:   []alerting.Field{{Name: "登记", Value: w.By}},
		}
		if w.Reason != "" {
			n.Content.Fields = append(n.Content.Fields, alerting.Field{Name: "说明", Value: w.Reason})
		}
		if left := Barred(Gates(e.Consult, log, a.Outbox.Router().LegalReviewer())); left != "" {
			n.Content.Fields = append(n.Content.Fields, alerting.Field{Name: "还差", Value: left})
		}
		return a.say(ctx, tx, n, *e, a.inCharge(*e))
	})
}
