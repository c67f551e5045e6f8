package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"huiying/alerting"
	"huiying/app"
	"huiying/configs"
	"huiying/digest"
	"huiying/response"
	"huiying/store"
)

type caseAckCmd struct {
	database
	ID       string `arg:"" help:"事项或事件编号。"`
	Section  string `required:"" help:"哪个科室, organisation.yaml 里的名称。"`
	Mistaken string `xor:"act" help:"登记为误报: 写明原因。时限停止。"`
	Handover string `xor:"act" help:"转给这个科室办理。"`
}

// Run records that a section has taken a matter on, that there is nothing to
// answer, or that another section is in charge.
func (c *caseAckCmd) Run(ctx context.Context, std *streams) error {
	d := response.Deed{EventID: c.ID, Act: alerting.Take, Section: c.Section, Via: "command"}
	switch {
	case c.Mistaken != "":
		d.Act, d.Note = alerting.Mistaken, c.Mistaken
	case c.Handover != "":
		d.Act, d.To = alerting.HandOver, c.Handover
	}
	return c.with(ctx, std, func(db *store.DB, conf *configs.Config) error {
		acts, err := app.Acts(db, conf)
		if err != nil {
			return err
		}
		k, err := acts.Do(ctx, d)
		if err != nil {
			return noCase(err, std)
		}
		fmt.Fprintf(std.Out, "%s  责任科室 %s\n", k.ID, k.Owner)
		printClocks(std.Out, k, time.Now())
		return printAcks(ctx, std.Out, db, k.EventID)
	})
}

func printAcks(ctx context.Context, w io.Writer, db *store.DB, eventID string) error {
	acks, err := alerting.AcksOf(ctx, db.Reader(), eventID)
	if err != nil {
		return err
	}
	for _, a := range acks {
		line := a.Section + a.Act.Name()
		if a.Other != "" {
			line += "给" + a.Other
		}
		if a.Note != "" {
			line += "：" + digest.Plain(a.Note)
		}
		fmt.Fprintf(w, "  %s  %s\n", digest.Stamp(a.At), line)
	}
	return nil
}
