package configs

import (
	"regexp"
	"strconv"
	"strings"

	"huiying/configs/yamlcheck"
)

// told is a name, its chat target and its quiet hours, with where they stand.
type told struct{ key, name, target, quiet string }

// everyone lists all who are told, in the order of the file.
func (o Organisation) everyone() []told {
	out := []told{{"office", o.Office.Name, o.Office.Target, o.Office.Quiet}}
	for i, s := range o.Sections {
		out = append(out, told{"sections[" + strconv.Itoa(i) + "]", s.Name, s.Target, s.Quiet})
	}
	for i, s := range o.Units {
		out = append(out, told{"units[" + strconv.Itoa(i) + "]", s.Name, s.Target, s.Quiet})
	}
	for i, r := range o.Leaders {
		out = append(out, told{"leaders[" + strconv.Itoa(i) + "]", r.Name, r.Target, r.Quiet})
	}
	if h := o.OfficeHead; h != (Receiver{}) {
		out = append(out, told{"office_head", h.Name, h.Target, h.Quiet})
	}
	return append(out, told{"head", o.Head.Name, o.Head.Target, o.Head.Quiet})
}

// helpers lists the editors and operators, who may be someone named above.
func (o Organisation) helpers() []told {
	var out []told
	for i, r := range o.Editors {
		out = append(out, told{"editors[" + strconv.Itoa(i) + "]", r.Name, r.Target, r.Quiet})
	}
	for i, r := range o.Operators {
		out = append(out, told{"operators[" + strconv.Itoa(i) + "]", r.Name, r.Target, r.Quiet})
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
			d.Ref(t.key+".target", "“"+t.name+"”有两个目的地: "+first+" 和 "+t.target, "只用一个")
		}
		way[t.name] = t.target
	}
	for _, t := range append(o.everyone(), o.helpers()...) {
		if l.settings != nil && t.target != "" && yamlcheck.UnknownTo(targets, t.target) {
			d.Ref(t.key+".target", "huiying.yaml 里没有叫“"+yamlcheck.Short(t.target)+"”的目的地", yamlcheck.Suggest(t.target, targets))
		}
	}
	l.checkQuiet()
	l.checkLeaders()
	var sections []string
	for _, s := range o.Sections {
		sections = append(sections, s.Name)
	}
	if o.LegalReviewer != "" && yamlcheck.UnknownTo(sections, o.LegalReviewer) {
		d.Ref("legal_reviewer", "sections 里没有“"+o.LegalReviewer+"”", yamlcheck.Suggest(o.LegalReviewer, sections))
	}
}

// checkQuiet holds quiet hours to a form that can be read, one for a name, and the
// office to none.
func (l *loader) checkQuiet() {
	d, o := l.organisation, l.config.Organisation
	form := regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$`)
	of := map[string]string{}
	for _, t := range append(o.everyone(), o.helpers()...) {
		if t.quiet == "" {
			continue
		}
		from, to, _ := strings.Cut(t.quiet, "-")
		switch first, ok := of[t.name]; {
		case t.name == o.Office.Name && t.name != "":
			d.Ref(t.key+".quiet", "局办公室什么都要马上收到, 不能设免打扰", "删去这一行")
		case !form.MatchString(t.quiet) || from == to:
			d.Ref(t.key+".quiet", "“"+yamlcheck.Short(t.quiet)+"”不是免打扰时段", `写成 "22:00-07:00"`)
		case ok && first != t.quiet:
			d.Ref(t.key+".quiet", "“"+t.name+"”有两个免打扰时段: "+first+" 和 "+t.quiet, "只用一个")
		}
		of[t.name] = t.quiet
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
			if s.Leader != "" && (len(leaders) == 0 || yamlcheck.UnknownTo(leaders, s.Leader)) {
				l.organisation.Ref(part+"["+strconv.Itoa(i)+"].leader", "leaders 里没有“"+s.Leader+"”", yamlcheck.Suggest(s.Leader, leaders))
			}
		}
	}
	check("sections", o.Sections)
	check("units", o.Units)
}
