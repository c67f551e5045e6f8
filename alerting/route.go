package alerting

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Receiver is someone who is told: a section, a unit, a leader or the office.
type Receiver struct {
	// Name is the Chinese name, unique in the organisation.
	Name string
	// Target names a chat target of huiying.yaml.
	Target string
}

// Section is a section or unit that answers for matters of its field.
type Section struct {
	// Name is what rules call it (归口).
	Name string
	// Leader is the name of its 分管领导, one of Organisation.Leaders; "" for none.
	Leader string
	// Receiver is where it is told. Its Name defaults to the section's.
	Receiver Receiver
	// Places are those it answers for whatever the matter (属地), as posts write
	// them: 沁源县.
	Places []string
}

// Organisation is who there is to tell.
type Organisation struct {
	// Office coordinates and hears of everything.
	Office   Receiver
	Sections []Section
	// Leaders are the 分管领导, Head the 局主要负责人; a zero Head means that the
	// office tells the head itself. OfficeHead is the head of the office, for whom the
	// office stands in where there is none.
	Leaders    []Receiver
	Head       Receiver
	OfficeHead Receiver
	// LegalReviewer is the section that is asked to review drafts, and hears of matters
	// marked TagLegal; "" for none.
	LegalReviewer string
	// Editors hear of trouble with the rules, Operators of trouble with sources and
	// huiying itself, both beside the office.
	Editors, Operators []Receiver
	// Quiet are the quiet hours by receiver. The office has none, whatever stands here.
	Quiet map[string]Quiet
	// Ladder says who hears when nobody takes an alert on. An empty one never climbs.
	Ladder Ladder
}

// Router says who is told of what. It is fixed once made.
type Router struct {
	org Organisation
}

// NewRouter checks the organisation and reports everything wrong with it at once.
func NewRouter(o Organisation) (*Router, error) {
	var errs []error
	targets := make(map[string]string)
	check := func(what string, r Receiver) {
		switch {
		case r.Name == "":
			errs = append(errs, fmt.Errorf("%s has no name", what))
		case r.Target == "":
			errs = append(errs, fmt.Errorf("%s %s has no chat target: nobody would be told", what, r.Name))
		case targets[r.Name] != "" && targets[r.Name] != r.Target:
			errs = append(errs, fmt.Errorf("%s %s has two chat targets, %s and %s: give it one", what, r.Name, targets[r.Name], r.Target))
		default:
			targets[r.Name] = r.Target
		}
	}
	check("office", o.Office)
	o.Sections = slices.Clone(o.Sections)
	for i := range o.Sections {
		s := &o.Sections[i]
		if s.Receiver.Name == "" {
			s.Receiver.Name = s.Name
		}
		check("section", s.Receiver)
	}
	for _, l := range o.Leaders {
		check("leader", l)
	}
	if o.Head != (Receiver{}) {
		check("head", o.Head)
	}
	if o.OfficeHead != (Receiver{}) {
		check("office head", o.OfficeHead)
	}
	for _, r := range o.Editors {
		check("editor", r)
	}
	for _, r := range o.Operators {
		check("operator", r)
	}
	for _, s := range o.Sections {
		if s.Leader != "" && !slices.ContainsFunc(o.Leaders, func(l Receiver) bool { return l.Name == s.Leader }) {
			errs = append(errs, fmt.Errorf("section %s names leader %s, who is not among the leaders", s.Name, s.Leader))
		}
	}
	if l := o.LegalReviewer; l != "" && !slices.ContainsFunc(o.Sections, func(s Section) bool { return s.Name == l }) {
		errs = append(errs, fmt.Errorf("legal reviewer %s is not among the sections", l))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("organisation: %w", err)
	}
	o.Quiet = maps.Clone(o.Quiet)
	delete(o.Quiet, o.Office.Name)
	return &Router{org: o}, nil
}

// RouteHead returns who is told when a 待定 emergency was not graded in time: the
// bureau's head, or the office where the head has no chat target.
func (r *Router) RouteHead() []Receiver {
	if r.org.Head == (Receiver{}) {
		return []Receiver{r.org.Office}
	}
	return []Receiver{r.org.Head}
}

// Owns reports whether a section or unit of this name can be in charge of a matter.
func (r *Router) Owns(name string) bool {
	return slices.ContainsFunc(r.org.Sections, func(s Section) bool { return s.Name == name })
}

// Named returns who is told under a name, of those who are told of matters.
func (r *Router) Named(name string) (Receiver, bool) {
	all := slices.Concat([]Receiver{r.org.Office, r.org.Head, r.org.OfficeHead}, r.org.Leaders)
	for _, s := range r.org.Sections {
		all = append(all, s.Receiver)
	}
	i := slices.IndexFunc(all, func(x Receiver) bool { return x.Name == name && name != "" })
	if i < 0 {
		return Receiver{}, false
	}
	return all[i], true
}

// Knows reports whether anybody of this name is told of matters.
func (r *Router) Knows(name string) bool {
	_, named := r.Named(name)
	return named || r.Owns(name)
}

// Owners are the names of the sections and units, as the organisation lists them.
func (r *Router) Owners() []string {
	out := make([]string, len(r.org.Sections))
	for i, s := range r.org.Sections {
		out[i] = s.Name
	}
	return out
}

// LegalReviewer is the section that is asked to review drafts; "" where nobody is.
func (r *Router) LegalReviewer() string { return r.org.LegalReviewer }

// Office is where everything goes that nobody else takes.
func (r *Router) Office() Receiver { return r.org.Office }

func (r *Router) owners(names []string) []Section {
	var out []Section
	for _, s := range r.org.Sections {
		if slices.Contains(names, s.Name) {
			out = append(out, s)
		}
	}
	return out
}

type receivers []Receiver

func (rs *receivers) add(r Receiver) {
	if r == (Receiver{}) || slices.ContainsFunc(*rs, func(have Receiver) bool { return have.Name == r.Name }) {
		return
	}
	*rs = append(*rs, r)
}
