package rulebook

import (
	"maps"
	"slices"
	"time"

	"huiying/classifier"
	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/verdict"
)

// category finds the category of a Chinese name; configs let only known ones pass.
func category(name rulefile.Category) verdict.Category {
	for _, c := range verdict.Categories() {
		if c.Name() == string(name) {
			return c
		}
	}
	return ""
}

func grade(name rulefile.Grade) verdict.Grade {
	for _, g := range []verdict.Grade{
		verdict.Ordinary, verdict.Large, verdict.Pending, verdict.Major, verdict.Extreme,
	} {
		if g.Name() == string(name) {
			return g
		}
	}
	return verdict.NoGrade
}

func status(s rulefile.Status) classifier.Status {
	switch s {
	case "试运行":
		return classifier.Shadow
	case "草稿":
		return classifier.Draft
	}
	return classifier.Live
}

// escalation turns one step of 升级 into data.
func escalation(e rulefile.Escalation) verdict.Escalation {
	out := verdict.Escalation{
		By: verdict.PerDistrict, Posts: e.Posts, Sources: e.Sources,
		Within: time.Duration(e.Window), To: verdict.Alert,
	}
	for _, s := range []verdict.Scope{verdict.PerEvent, verdict.PerDistrict, verdict.PerCity} {
		if s.Name() == string(e.By) {
			out.By = s
		}
	}
	if e.To == "转复核" {
		out.To = verdict.Review
	}
	return out
}

// districts lists the districts by name, so that the same files make the same set.
func districts(m map[string]yamlcheck.Names) []classifier.District {
	var out []classifier.District
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, classifier.District{Name: name, Words: m[name]})
	}
	return out
}

func grading(g rulefile.Grading) classifier.Grading {
	switch g {
	case "按伤亡":
		return classifier.GradeCasualty
	case "按停电":
		return classifier.GradeOutage
	}
	return classifier.GradeNone
}

func examples(e rulefile.Examples) classifier.Examples {
	return classifier.Examples{
		Hit: texts(e.Hit), Miss: texts(e.Miss), Review: texts(e.Review), Known: texts(e.Known),
	}
}

func texts(list []rulefile.Example) []classifier.Example {
	var out []classifier.Example
	for _, e := range list {
		tag := e.Want.Tag
		if tag == "" && bool(e.Want.Deformed) {
			tag = deformed
		}
		out = append(out, classifier.Example{
			Title: e.Title, Body: e.Body, Source: e.Source, Because: e.Because, File: e.At.File, Line: e.At.Line,
			Want: classifier.Want{
				Category: category(e.Want.Category), Grade: grade(e.Want.Grade), Section: e.Want.Owner, Tag: tag,
			},
		})
	}
	return out
}
