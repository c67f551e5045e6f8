package app

import (
	"huiying/alerting"
	"huiying/configs"
	"huiying/response"
)

// policy is how long the clocks run.
func policy(c *configs.Config) response.Policy {
	k := c.Clocks
	return response.Policy{
		Length:        response.Spans{FirstRelease: k.FirstRelease, PressConference: k.PressConference, Answer: k.Answer},
		Soon:          response.Spans{FirstRelease: k.DueSoon.FirstRelease, PressConference: k.DueSoon.PressConference, Answer: k.DueSoon.Answer},
		UngradedAfter: k.UngradedAfter,
		Office:        c.Organisation.Office.Name,
	}.WithDefaults()
}

// organisation is who there is to tell.
func organisation(o configs.Organisation) alerting.Organisation {
	out := alerting.Organisation{
		Office:    receiver(o.Office),
		Head:      receiver(o.Head),
		Leaders:   receivers(o.Leaders),
		Editors:   receivers(o.Editors),
		Operators: receivers(o.Operators),
	}
	for _, list := range [][]configs.Section{o.Sections, o.Units} {
		for _, s := range list {
			out.Sections = append(out.Sections, alerting.Section{
				Name: s.Name, Leader: s.Leader,
				Receiver: alerting.Receiver{Name: s.Name, Target: s.Target},
			})
		}
	}
	return out
}

func receiver(r configs.Receiver) alerting.Receiver {
	return alerting.Receiver{Name: r.Name, Target: r.Target}
}

func receivers(rs []configs.Receiver) []alerting.Receiver {
	out := make([]alerting.Receiver, len(rs))
	for i, r := range rs {
		out[i] = receiver(r)
	}
	return out
}
