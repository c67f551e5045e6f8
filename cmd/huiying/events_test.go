package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// joinLines runs the command over the input.
func joinLines(t *testing.T, in string) (answers []joined, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), []string{"events"}, &streams{In: strings.NewReader(in), Out: &stdout, Err: &stderr})
	for line := range strings.Lines(stdout.String()) {
		var j joined
		if err := json.Unmarshal([]byte(line), &j); err != nil {
			t.Fatalf("output %q: %v", line, err)
		}
		answers = append(answers, j)
	}
	return answers, stderr.String(), code
}

func TestEventsAnswersEveryGoodLine(t *testing.T) {
	t.Parallel()
	const outage = "长治市上党区韩店镇昨晚八点开始停电，到今天上午还没有来电，打供电所电话一直没有人接，老人孩子都在家里挨冻"
	got, errs, code := joinLines(t, `{"id":"a","body":"`+outage+`","published":"2026-11-23T09:05:00+08:00"}
nonsense
{"id":"b","body":"//@某人:`+outage+`","published":"2026-11-23T10:05:00+08:00"}
{"body":"no id"}
{"id":"c","title":"今晚电影首映"}
{"id":"d","body":"`+outage+`","published":"2026-12-23T10:05:00+08:00"}`)
	if code != 1 || !strings.Contains(errs, "第 2 行: ") || !strings.Contains(errs, "第 4 行: 缺少 id") {
		t.Errorf("exit code %d, stderr %q", code, errs)
	}
	if len(got) != 4 {
		t.Fatalf("%d answers, want 4: %+v", len(got), got)
	}
	want := []joined{
		{ID: "a", Event: got[0].Event, How: "new"},
		{ID: "b", Event: got[0].Event, Score: 1, How: "same text"},
		{ID: "c", Event: got[2].Event, How: "new"},
		{ID: "d", Event: got[3].Event, How: "new"}, // the window is over
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers differ (-want +got):\n%s", diff)
	}
	if got[0].Event == got[2].Event || got[0].Event == got[3].Event {
		t.Errorf("separate matters share an event: %+v", got)
	}
}
