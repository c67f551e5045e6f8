package configs

// told is a name and its chat target, with where they stand.
type told struct{ key, name, target string }

// everyone lists all who are told, in the order of the file.
func (o Organisation) everyone() []told {
	out := []told{{"office", o.Office.Name, o.Office.Target}}
	for i, s := range o.Sections {
		out = append(out, told{"sections[" + itoa(i) + "]", s.Name, s.Target})
	}
	for i, s := range o.Units {
		out = append(out, told{"units[" + itoa(i) + "]", s.Name, s.Target})
	}
	for i, r := range o.Leaders {
		out = append(out, told{"leaders[" + itoa(i) + "]", r.Name, r.Target})
	}
	return append(out, told{"head", o.Head.Name, o.Head.Target})
}

// helpers lists the editors and operators, who may be someone named above.
func (o Organisation) helpers() []told {
	var out []told
	for i, r := range o.Editors {
		out = append(out, told{"editors[" + itoa(i) + "]", r.Name, r.Target})
	}
	for i, r := range o.Operators {
		out = append(out, told{"operators[" + itoa(i) + "]", r.Name, r.Target})
	}
	return out
}

// targets lists the chat targets in use.
func (o Organisation) targets() []string {
	var out []string
	for _, t := range append(o.everyone(), o.helpers()...) {
		out = append(out, t.target)
	}
	return out
}

// checkOrganisation holds organisation.yaml to what its types cannot say.
func (l *loader) checkOrganisation() {
	d, o := l.organisation, l.config.Organisation
	if d == nil {
		return
	}
	var targets []string
	for _, t := range l.config.Chat.Targets {
		targets = append(targets, t.Name)
	}
	seen, way := map[string]string{}, map[string]string{}
	for _, t := range o.everyone() {
		unique(d, seen, t.key+".name", "名称", t.name)
		way[t.name] = t.target
	}
	for _, t := range o.helpers() {
		if first, ok := way[t.name]; ok && first != t.target && t.target != "" {
			d.ref(t.key+".target", "“"+t.name+"”有两个目的地: "+first+" 和 "+t.target, "只用一个")
		}
		way[t.name] = t.target
	}
	for _, t := range append(o.everyone(), o.helpers()...) {
		if l.settings != nil && t.target != "" && unknownTo(targets, t.target) {
			d.ref(t.key+".target", "huiying.yaml 里没有叫“"+short(t.target)+"”的目的地", suggest(t.target, targets))
		}
	}
	l.checkLeaders()
	var sections []string
	for _, s := range o.Sections {
		sections = append(sections, s.Name)
	}
	if o.LegalReviewer != "" && unknownTo(sections, o.LegalReviewer) {
		d.ref("legal_reviewer", "sections 里没有“"+o.LegalReviewer+"”", suggest(o.LegalReviewer, sections))
	}
}

func (l *loader) checkLeaders() {
	o := l.config.Organisation
	var leaders []string
	for _, r := range o.Leaders {
		leaders = append(leaders, r.Name)
	}
	check := func(part string, list []Section) {
		for i, s := range list {
			if s.Leader != "" && (len(leaders) == 0 || unknownTo(leaders, s.Leader)) {
				l.organisation.ref(part+"["+itoa(i)+"].leader", "leaders 里没有“"+s.Leader+"”", suggest(s.Leader, leaders))
			}
		}
	}
	check("sections", o.Sections)
	check("units", o.Units)
}

// unknownTo tells a name that is not among the known ones. Where the list itself
// is empty or holds an entry without a name, that was reported already and says
// nothing about others.
func unknownTo(known []string, name string) bool {
	return len(known) > 0 && indexOf(known, "") < 0 && indexOf(known, name) < 0
}
