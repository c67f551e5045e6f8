package main

import (
	"context"

	"huiying/alerting"
	"huiying/response"
)

type caseAckCmd struct {
	deskFlags
	Section  string `required:"" help:"哪个科室, organisation.yaml 里的名称。"`
	Mistaken string `xor:"act" help:"登记为误报: 写明原因。时限停止。"`
	Handover string `xor:"act" help:"转给这个科室办理。"`
}

// Run records that a section has taken a matter on, that there is nothing to
// answer, or that another section is in charge.
func (c *caseAckCmd) Run(ctx context.Context, std *streams) error {
	d := response.Action{EventID: c.ID, Act: alerting.Take, Section: c.Section, Via: "command"}
	switch {
	case c.Mistaken != "":
		d.Act, d.Note = alerting.Mistaken, c.Mistaken
	case c.Handover != "":
		d.Act, d.To = alerting.HandOver, c.Handover
	}
	_, err := c.act(ctx, std, func(acts *response.Acts) (response.Case, error) { return acts.Do(ctx, d) })
	return err
}
