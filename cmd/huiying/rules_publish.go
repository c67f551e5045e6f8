package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"huiying/classifier"
	"huiying/configs"
	"huiying/rulebook"
)

// rulesPublishCmd makes a draft live.
type rulesPublishCmd struct {
	Draft       string `arg:"" help:"新规则的目录。" placeholder:"DIR"`
	Config      string `short:"c" default:"configs/huiying.yaml" help:"配置文件: 线上规则目录由它说明。" placeholder:"FILE"`
	Note        string `help:"这一版改了什么, 写给以后的人看。"`
	By          string `help:"谁上线的, 写岗位不写姓名, 如“值班编辑”。"`
	ConfirmedBy string `help:"谁同意的, 写岗位; 动到突发事件规则时必须有。" placeholder:"ROLE"`
	DryRun      bool   `help:"只看有什么不同、能不能上线, 不真上线。"`
	JSON        bool   `name:"json" help:"输出 JSON。"`
}

// published is what publish and rollback print with --json.
type published struct {
	Published bool              `json:"published"`
	Version   *rulebook.Version `json:"version,omitempty"`
	Changes   []rulebook.Change `json:"changes"`
	// Reasons say why it is not published.
	Reasons []string `json:"reasons,omitempty"`
}

// Run refuses, with exit code 1, what check or the examples find fault with.
func (c *rulesPublishCmd) Run(std *streams) (err error) {
	place, err := liveRules(c.Config, std)
	if err != nil {
		return err
	}
	folder := rulebook.Folder{Dir: c.Draft, Owners: place.Owners}
	draft, err := rulesFolder{Dir: c.Draft, Config: c.Config}.load(std)
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
	set := rulebook.RuleSet(draft)
	out := published{Changes: rulebook.Differences(c.live(place, versions), set)}
	if configs.RulesFingerprint(c.Draft) == configs.RulesFingerprint(place.Dir) {
		out.Reasons = append(out.Reasons, "和线上的规则一模一样, 不用上线")
	}
	failing, err := failingExamples(draft)
	if err != nil {
		return err
	}
	out.Reasons = append(out.Reasons, failing...)
	out.Reasons = append(out.Reasons, c.secondPerson(out.Changes)...)
	if len(out.Reasons) == 0 && !c.DryRun {
		v, err := versions.Publish(folder.Dir, folder.Owners, rulebook.Version{
			Kept: time.Now(), Note: c.Note, By: c.By, ConfirmedBy: c.ConfirmedBy,
		})
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

// live is the rules the draft is compared with: those on disk, or where they are
// bad the last that were published.
func (c *rulesPublishCmd) live(place rulebook.Folder, versions *rulebook.Versions) classifier.RuleSet {
	if rules, err := place.Load(); err == nil {
		return rulebook.RuleSet(rules)
	}
	if rules, err := versions.Newest(place.Owners); err == nil {
		return rulebook.RuleSet(rules)
	}
	return classifier.RuleSet{}
}

// failingExamples says which examples of a draft do not go as they should.
func failingExamples(rules *configs.Rules) ([]string, error) {
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
	for _, r := range out.Reasons {
		fmt.Fprintln(std.Err, r)
	}
	switch {
	case len(out.Reasons) > 0:
		fmt.Fprintln(std.Err, "未上线。线上仍在用旧规则, 没有受影响。")
	case c.DryRun:
		fmt.Fprintln(std.Out, "可以上线; 这次只是看看, 没有上线。")
	default:
		fmt.Fprintf(std.Out, "已上线: 版本 %s, 规则 %d 条。值守进程几秒内自动换上; 要退回: huiying rules rollback\n", out.Version.Version, out.Version.Rules)
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
	dir, owners, err := configs.RulesPlace(config)
	if err != nil {
		return rulebook.Folder{}, mistakes(err, std)
	}
	return rulebook.Folder{Dir: dir, Owners: owners}, nil
}
