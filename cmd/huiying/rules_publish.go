package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"huiying/classifier"
	"huiying/configs"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/safetext"
	"huiying/internal/zh"
)

// rulesPublishCmd makes a draft live.
type rulesPublishCmd struct {
	Draft       string   `arg:"" help:"新规则的目录。" placeholder:"DIR"`
	Config      string   `short:"c" default:"configs/huiying.yaml" help:"配置文件: 线上规则目录由它说明。" placeholder:"FILE"`
	Note        string   `help:"这一版改了什么, 写给以后的人看。"`
	By          string   `help:"谁上线的, 写岗位不写姓名, 如“值班编辑”。"`
	ConfirmedBy string   `help:"谁同意的, 写岗位; 动到突发事件规则时必须有。" placeholder:"ROLE"`
	Confirm     []string `help:"回测会减掉的、人工判过“真”的告警, 逐个写出编号, 表示确认。" placeholder:"ID,…"`
	DryRun      bool     `help:"只看有什么不同、能不能上线, 不真上线。"`
	JSON        bool     `name:"json" help:"输出 JSON。"`
}

// published is what publish and rollback print with --json.
type published struct {
	Published bool              `json:"published"`
	Version   *rulebook.Version `json:"version,omitempty"`
	Changes   []rulebook.Change `json:"changes"`
	// Replay is the replay that publishing rests on.
	Replay *rulebook.Rehearsal `json:"replay,omitempty"`
	// Reasons say why it is not published.
	Reasons []string `json:"reasons,omitempty"`
}

// Run refuses, with exit code 1, what check or the examples find fault with, what
// was not replayed, and what nobody agreed to.
func (c *rulesPublishCmd) Run(std *streams) (err error) {
	place, err := liveRules(c.Config, std)
	if err != nil {
		return err
	}
	folder := rulebook.Folder{Dir: c.Draft, Owners: place.Owners}
	checked := rulefile.Fingerprint(c.Draft)
	draft, err := rulesFolder{Dir: c.Draft, Config: c.Config}.load(std, c.JSON)
	if err != nil {
		return err
	}
	if sameDir(c.Draft, place.Dir) {
		fmt.Fprintf(std.Err, "%s 就是线上的规则目录: 先复制一份, 在副本里改\n", c.Draft)
		return exitError{1}
	}
	versions, err := rulebook.OpenVersions(place.Dir)
	if err != nil {
		return fmt.Errorf("open the versions: %w", err)
	}
	defer func() { err = errors.Join(err, versions.Close()) }()
	out := published{Changes: rulebook.Differences(c.live(place), rulebook.RuleSet(draft))}
	if err := c.reasons(&out, draft, versions, checked, rulefile.Fingerprint(place.Dir)); err != nil {
		return err
	}
	if len(out.Reasons) == 0 && !c.DryRun {
		v, err := versions.Publish(folder.Dir, checked, folder.Owners, rulebook.Version{
			Kept: time.Now(), Note: c.Note, By: c.By, ConfirmedBy: c.ConfirmedBy, Confirmed: c.Confirm,
		})
		if errors.Is(err, rulebook.ErrChanged) {
			fmt.Fprintf(std.Err, "%s 刚刚又改了, 和检查过的不一样: 再来一遍\n未上线。线上仍在用旧规则, 没有受影响。\n", c.Draft)
			return exitError{1}
		}
		if err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		out.Published, out.Version = true, &v
	}
	if err := c.show(std, out); err != nil {
		return err
	}
	if len(out.Reasons) > 0 {
		return exitError{1}
	}
	return nil
}

// reasons gathers why the draft, of the fingerprint checked, is not published.
func (c *rulesPublishCmd) reasons(out *published, draft *rulefile.Rules, versions *rulebook.Versions, checked, live string) error {
	if checked == live {
		out.Reasons = []string{"和线上的规则一模一样, 不用上线"}
		return nil
	}
	failing, err := failingExamples(draft)
	if err != nil {
		return err
	}
	out.Reasons = append(out.Reasons, failing...)
	replay, err := versions.Rehearsal(checked, live, time.Now())
	switch {
	case errors.Is(err, rulebook.ErrNotRehearsed):
		out.Reasons = append(out.Reasons,
			"这份草稿还没有回测过(或者回测以后草稿、线上规则又改了, 或者过了 24 小时), 先运行: huiying rules replay "+c.Draft+configFlag(c.Config))
	case err != nil:
		return fmt.Errorf("publish: %w", err)
	default:
		out.Replay = &replay
		out.Reasons = append(out.Reasons, c.unconfirmed(replay)...)
	}
	out.Reasons = append(out.Reasons, c.secondPerson(out.Changes)...)
	return nil
}

// unconfirmed says which true alerts would be lost and were not agreed to.
func (c *rulesPublishCmd) unconfirmed(replay rulebook.Rehearsal) []string {
	left := replay.Unconfirmed(c.Confirm)
	if len(left) == 0 {
		return nil
	}
	out := make([]string, 0, len(left)+1)
	ids := slices.Clone(c.Confirm)
	for _, s := range left {
		out = append(out, fmt.Sprintf("会减掉人工判过“真”的告警 %s “%s”: %s", s.Event, safetext.Line(s.Title), safetext.Line(s.Because)))
		ids = append(ids, s.Event)
	}
	return append(out, "逐条看过、确认可以不再告警的, 加 --confirm "+strings.Join(ids, ","))
}

// live is the rules the draft is compared with: those on disk, or where they are
// bad the last good ones.
func (c *rulesPublishCmd) live(place rulebook.Folder) classifier.RuleSet {
	if rules, err := place.Load(); err == nil {
		return rulebook.RuleSet(rules)
	}
	if rules, _, err := rulebook.LastGood(place.Dir, place.Owners); err == nil {
		return rulebook.RuleSet(rules)
	}
	return classifier.RuleSet{}
}

// failingExamples says which examples of a draft do not go as they should.
func failingExamples(rules *rulefile.Rules) ([]string, error) {
	exam, err := rulebook.RunExamples(rules)
	if err != nil {
		return nil, fmt.Errorf("run the examples: %w", err)
	}
	var out []string
	for _, r := range exam.Rules {
		for _, f := range r.Failures {
			out = append(out, fmt.Sprintf("%s:%d: %s 的示例没有通过: %s", f.File, f.Line, r.ID, f.Complaint))
		}
	}
	return out, nil
}

// secondPerson says what is missing where the changes bear on 突发事件.
func (c *rulesPublishCmd) secondPerson(changes []rulebook.Change) []string {
	var names []string
	for _, x := range changes {
		if x.Emergency {
			names = append(names, x.Name)
		}
	}
	switch {
	case len(names) == 0:
		return nil
	case strings.TrimSpace(c.ConfirmedBy) == "":
		return []string{"动到了突发事件(" + strings.Join(names, "、") + "): 要有第二个人同意, 加 --confirmed-by 岗位"}
	case strings.TrimSpace(c.ConfirmedBy) == strings.TrimSpace(c.By):
		return []string{"同意的人不能就是上线的人: --by 和 --confirmed-by 都是“" + c.By + "”"}
	}
	return nil
}

func (c *rulesPublishCmd) show(std *streams, out published) error {
	if c.JSON {
		return writeJSON(std.Out, out)
	}
	showChanges(std.Out, out.Changes)
	if r := out.Replay; r != nil {
		fmt.Fprintf(std.Out, "回测(%s): %d 帖 / %d 个事件, 告警 +%d −%d\n", zh.Stamp(r.At), r.Posts, r.Events, r.Added, r.Lost)
	}
	for _, r := range out.Reasons {
		fmt.Fprintln(std.Err, r)
	}
	switch {
	case len(out.Reasons) > 0:
		fmt.Fprintln(std.Err, "未上线。线上仍在用旧规则, 没有受影响。")
	case c.DryRun:
		fmt.Fprintln(std.Out, "可以上线; 这次只是看看, 没有上线。")
	default:
		fmt.Fprintf(std.Out, "已上线: 版本 %s, 规则 %d 条(含标记规则)。值守进程几秒内自动换上; 要退回: huiying rules rollback%s\n",
			out.Version.Version, out.Version.Rules, configFlag(c.Config))
	}
	return nil
}

// changedLines bounds the lines shown of one rule.
const changedLines = 12

func showChanges(w io.Writer, changes []rulebook.Change) {
	for _, x := range changes {
		fmt.Fprintf(w, "%s %s\n", x.What, x.Name)
		for i, l := range x.Lines {
			if i == changedLines {
				fmt.Fprintf(w, "    还有 %d 处\n", len(x.Lines)-changedLines)
				break
			}
			fmt.Fprintf(w, "    %s\n", l)
		}
	}
}

func sameDir(a, b string) bool {
	x, errA := os.Stat(a)
	y, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(x, y)
}

// liveRules is the directory of the live rules. The configuration beside it need
// not be good as a whole: rules are also what mends it.
func liveRules(config string, std *streams) (rulebook.Folder, error) {
	at, err := configs.RulesPlace(config)
	if err != nil {
		return rulebook.Folder{}, mistakes(err, std)
	}
	return rulebook.Folder{Dir: at.Dir, Owners: at.Owners}, nil
}
