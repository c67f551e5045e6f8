package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler/probe"
)

// TestExtractScore counts one page read half rightly by hand.
func TestExtractScore(t *testing.T) {
	t.Parallel()
	var s extractScore
	wrong := s.add(goldPage{
		Title: "甲 乙", Date: "20261120", Time: "14:05", Source: "某报", Body: "一二三四",
		MustHave: []string{"一二", "五六"}, MustNot: []string{"三四", "七八"},
	}, probe.Item{Title: "甲乙", Published: "2026-11-20T14:06:00+08:00", Source: "某报", Body: "一二三四"})
	want := []string{"时刻得“2026-11-20T14:06:00+08:00”应“14:05”", "正文缺得“”应“五六”", "正文多出“三四”"}
	if diff := cmp.Diff(want, wrong); diff != "" {
		t.Error(diff)
	}
	got := map[string]share{}
	for _, f := range s.figures() {
		got[f.Name] = share{f.Count, f.Of}
	}
	wantFigures := map[string]share{
		"标题正确": {1, 1}, "日期正确": {1, 1}, "时刻正确": {0, 1}, "来源正确": {1, 1}, "正文该有的都有": {1, 2}, "正文混进别的": {1, 2},
	}
	if diff := cmp.Diff(wantFigures, got, cmp.AllowUnexported(share{})); diff != "" {
		t.Error(diff)
	}
	if s.f1() != 1 {
		t.Errorf("F1 %v", s.f1())
	}
}

func TestExtract(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := run(t.Context(), []string{"extract", "../../crawler/extract/testdata/layouts"}, &out, &out)
	if err != nil || !strings.Contains(out.String(), "标题正确") || strings.Contains(out.String(), "标题正确  0/") {
		t.Errorf("%v\n%s", err, out.String())
	}
	err = run(t.Context(), []string{"extract", t.TempDir()}, &out, &out)
	if err == nil || !strings.Contains(err.Error(), "gold.jsonl") {
		t.Errorf("a folder without gold: %v", err)
	}
}
