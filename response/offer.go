package response

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/safetext"
	"huiying/internal/store"
)

// Offer is a post of the bureau's own that may be the answer to a case. It stops
// no clock: a person reads it and says so.
type Offer struct {
	bun.BaseModel `bun:"table:offers,alias:offer"`

	// ID is the case's id, "/", and the post's.
	ID         string `bun:"id,pk"`
	CaseID     string `bun:"case_id"`
	PostID     string `bun:"post_id"`
	SourceName string `bun:"source_name"`
	URL        string `bun:"url"`
	Title      string `bun:"title"`
	// Why says in Chinese by what the post was taken for an answer.
	Why       string    `bun:"why"`
	Published time.Time `bun:"published,nullzero"`
	CreatedAt time.Time `bun:"created_at"`
}

// OfferOf is the offer of a post to a case. ID is made of both, so that a post
// read again is offered once.
func OfferOf(caseID, postID string) Offer {
	return Offer{ID: caseID + "/" + postID, CaseID: caseID, PostID: postID}
}

// SaveOffer stores an offer; false where it was made before.
func SaveOffer(ctx context.Context, tx store.Conn, o Offer) (created bool, err error) {
	res, err := tx.NewInsert().Model(&o).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("save offer %s: %w", o.ID, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Offers lists what may answer a case, oldest first.
func Offers(ctx context.Context, db store.Conn, caseID string) ([]Offer, error) {
	var all []Offer
	if err := db.NewSelect().Model(&all).Where("case_id = ?", caseID).Order("created_at", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list offers of case %s: %w", caseID, err)
	}
	return all, nil
}

// Confirm is the command by which a person takes the offer for the answer.
func (o Offer) Confirm() string {
	if safetext.ParseLink(o.URL) == nil {
		return "huiying case answer " + o.CaseID + " --note 答复情况"
	}
	// Quoted: people paste it into a shell.
	return "huiying case answer " + o.CaseID + " --url '" + strings.ReplaceAll(o.URL, "'", "%27") + "'"
}

// summaryLength is how much of an offered post a notice shows, in code points.
const summaryLength = 120

// Notice tells the section in charge and the office of the offer: it joins the
// thread of the event's alert. body is the post's text.
func (o Offer) Notice(e event.Event, body, page string) alerting.Notice {
	n := alerting.About(e, "O-"+o.ID, alerting.KindAnswer, o.CreatedAt)
	n.Content = alerting.Content{
		Headline: "【疑似答复】" + safetext.Excerpt(o.Title, 60),
		Summary:  safetext.Excerpt(body, summaryLength),
		Fields: []alerting.Field{
			{Name: "对应事项", Value: e.Title},
			{Name: "是答复就确认", Value: o.Confirm()},
			{Name: "不是", Value: "不用管，时限照走"},
		},
		Why:  o.Why,
		Link: o.URL, LinkName: o.SourceName, Page: page,
	}
	return n
}
