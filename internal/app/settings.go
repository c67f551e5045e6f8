package app

import (
	"cmp"
	"fmt"
	"time"

	"huiying/alerting"
	"huiying/configs"
	"huiying/internal/verdict"
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

// Routing is who is told of what and how long the clocks run, for commands that
// explain what the daemon would do.
func Routing(c *configs.Config) (*alerting.Router, response.Policy, error) {
	router, err := newRouter(c)
	return router, policy(c), err
}

// newRouter says who is told of what.
func newRouter(c *configs.Config) (*alerting.Router, error) {
	o := organisation(c.Organisation, c.Ladder)
	var err error
	if o.Quiet, err = quiet(c.Organisation); err != nil {
		return nil, err
	}
	return alerting.NewRouter(o)
}

// quiet are the quiet hours of everyone who has some.
func quiet(o configs.Organisation) (map[string]alerting.Quiet, error) {
	written := map[string]string{o.Head.Name: o.Head.Quiet, o.OfficeHead.Name: o.OfficeHead.Quiet}
	for _, list := range [][]configs.Receiver{o.Leaders, o.Editors, o.Operators} {
		for _, r := range list {
			written[r.Name] = cmp.Or(r.Quiet, written[r.Name])
		}
	}
	for _, list := range [][]configs.Section{o.Sections, o.Units} {
		for _, s := range list {
			written[s.Name] = cmp.Or(s.Quiet, written[s.Name])
		}
	}
	out := map[string]alerting.Quiet{}
	for name, s := range written {
		if s == "" {
			continue
		}
		q, err := alerting.ParseQuiet(s)
		if err != nil {
			return nil, fmt.Errorf("organisation: %s: %w", name, err)
		}
		out[name] = q
	}
	return out, nil
}

// ladder is who hears when nobody takes an alert on: 分管领导, the head of the
// office, 局主要负责人. Those who hear at the same time are one step.
func ladder(l configs.Ladder) alerting.Ladder {
	out := alerting.Ladder{Grades: map[verdict.Grade][]alerting.Step{}}
	for g, times := range map[verdict.Grade][3]time.Duration{
		verdict.Extreme:  {l.Leader.Extreme, l.Office.Extreme, l.Head.Extreme},
		verdict.Major:    {l.Leader.Major, l.Office.Major, l.Head.Major},
		verdict.Pending:  {l.Leader.Pending, l.Office.Pending, l.Head.Pending},
		verdict.Large:    {l.Leader.Large, l.Office.Large, l.Head.Large},
		verdict.Ordinary: {l.Leader.Ordinary, l.Office.Ordinary, l.Head.Ordinary},
		verdict.NoGrade:  {l.Leader.Other, l.Office.Other, l.Head.Other},
	} {
		var steps []alerting.Step
		for i, rank := range []alerting.Rank{alerting.RankLeaders, alerting.RankOffice, alerting.RankHead} {
			switch n := len(steps); {
			case times[i] == 0:
			case n > 0 && steps[n-1].After == times[i]:
				steps[n-1].To = append(steps[n-1].To, rank)
			default:
				steps = append(steps, alerting.Step{After: times[i], To: []alerting.Rank{rank}})
			}
		}
		if len(steps) > 0 {
			out.Grades[g] = steps
		}
	}
	return out
}

// organisation is who there is to tell.
func organisation(o configs.Organisation, l configs.Ladder) alerting.Organisation {
	out := alerting.Organisation{
		Ladder:     ladder(l),
		Office:     receiver(o.Office),
		Head:       receiver(o.Head),
		OfficeHead: receiver(o.OfficeHead),
		Leaders:    receivers(o.Leaders),
		Editors:    receivers(o.Editors),
		Operators:  receivers(o.Operators),

		LegalReviewer: o.LegalReviewer,
	}
	for _, list := range [][]configs.Section{o.Sections, o.Units} {
		for _, s := range list {
			out.Sections = append(out.Sections, alerting.Section{
				Name: s.Name, Leader: s.Leader, Places: s.Places,
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
