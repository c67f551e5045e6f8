package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
)

// rulesReplayCmd runs a draft over the archive and compares it with the live rules.
type rulesReplayCmd struct {
	archiveFlags

	Draft   string `arg:"" help:"新规则的目录。" placeholder:"DIR"`
	Against string `default:"live" help:"和哪里的规则比: live 是线上的, 也可以写一个目录。" placeholder:"live|DIR"`
	Config  string `short:"c" default:"configs/huiying.yaml" help:"配置文件: 线上规则和数据库由它说明。" placeholder:"FILE"`
	All     bool   `help:"增减的事件全部列出, 不只前 20 个。"`
	JSON    bool   `name:"json" help:"输出 JSON。"`
}

// replayed is what replay prints with --json.
type replayed struct {
	rulebook.Replay
	// Recorded says that the draft may be published for the next 24 hours.
	Recorded bool `json:"recorded"`
}

// Run sends nothing and changes no rule. It records that exactly this draft was
// tried against exactly the live rules, which publishing asks for.
func (c *rulesReplayCmd) Run(ctx context.Context, std *streams) error {
	draftDir, liveDir := rulefile.Fingerprint(c.Draft), ""
	live, err := c.against(std, &liveDir)
	if err != nil {
		return err
	}
	draft, err := rulesFolder{Dir: c.Draft, Config: c.Config}.load(std, c.JSON)
	if err != nil {
		return err
	}
	sides := make([]rulebook.Side, 2)
	for i, rules := range []*rulefile.Rules{live, draft} {
		sides[i].Set = rulebook.RuleSet(rules)
		compiled, err := rulebook.Compile(sides[i].Set)
		if err != nil {
			return err
		}
		defer compiled.Close()
		sides[i].Classifier = compiled.Classifier
	}
	began := time.Now()
	return c.with(ctx, std, c.Config, began, func(a rulebook.Archive) error {
		done, end, err := progress(ctx, std, a, 1)
		if err != nil {
			return err
		}
		r, err := rulebook.Run(ctx, a, sides[0], sides[1], done)
		end()
		if err != nil {
			return fmt.Errorf("replay: %w", err)
		}
		out := replayed{Replay: r}
		if liveDir != "" && c.Posts == "" {
			record := rulebook.Rehearsed(r, draftDir, liveDir, c.Days, time.Now())
			if err := c.record(std, record); err != nil {
				return err
			}
			out.Recorded = true
		}
		if c.JSON {
			return writeJSON(std.Out, out)
		}
		most := 20
		if c.All {
			most = len(r.Added) + len(r.Lost)
		}
		if err := r.Show(std.Out, time.Since(began), most); err != nil {
			return err //nolint:wrapcheck // says what it was writing
		}
		c.next(std, out)
		return nil
	})
}

// against loads the rules the draft is compared with, and where these are the
// live ones sets the fingerprint of their directory. Where the live files are
// bad, the newest version that is kept stands for them: it is what a restarted
// daemon judges by.
func (c *rulesReplayCmd) against(std *streams, dir *string) (*rulefile.Rules, error) {
	if c.Against != "live" {
		return rulesFolder{Config: c.Config, Dir: c.Against}.load(std, c.JSON)
	}
	folder, err := rulesFolder{Config: c.Config}.open(std)
	if err != nil {
		return nil, err
	}
	if folder.Shipped {
		return rulesFolder{Config: c.Config}.load(std, c.JSON)
	}
	*dir = rulefile.Fingerprint(folder.Dir)
	rules, err := folder.Load()
	if err == nil {
		return rules, nil
	}
	if kept, _, keptErr := rulebook.LastGood(folder.Dir, folder.Owners); keptErr == nil {
		fmt.Fprintf(std.Err, "线上的规则文件有错, 和最后一份好的比: 版本 %s\n", kept.Version())
		return kept, nil
	}
	return rulesFolder{Config: c.Config}.load(std, c.JSON)
}

// record keeps the record of a replay beside the versions. Files that changed
// meanwhile are not what was replayed, and nothing will match their record.
func (c *rulesReplayCmd) record(std *streams, r rulebook.Rehearsal) (err error) {
	place, err := liveRules(c.Config, std)
	if err != nil {
		return err
	}
	versions, err := rulebook.OpenVersions(place.Dir)
	if err != nil {
		return fmt.Errorf("record the replay: %w", err)
	}
	defer func() { err = errors.Join(err, versions.Close()) }()
	if err := versions.KeepRehearsal(r); err != nil {
		return fmt.Errorf("record the replay: %w", err)
	}
	return nil
}

// next says what an editor does now.
func (c *rulesReplayCmd) next(std *streams, r replayed) {
	command := "huiying rules publish " + c.Draft + configFlag(c.Config)
	var lost []string
	for _, s := range r.Lost {
		if s.Judged == rulebook.True {
			lost = append(lost, s.Event)
		}
	}
	switch {
	case !r.Recorded && c.Posts != "":
		fmt.Fprintln(std.Out, "看的是文件, 不算上线前的回测: 上线要用库里的帖子回测(去掉 --posts)。")
	case !r.Recorded:
	case len(lost) > 0:
		fmt.Fprintf(std.Out, "确认真的可以不再告警, 24 小时内上线: %s --confirm %s\n", command, strings.Join(lost, ","))
	default:
		fmt.Fprintf(std.Out, "已记下, 24 小时内可以上线: %s\n", command)
	}
}

// configFlag is the flag that names a configuration, where it is not the default.
func configFlag(config string) string {
	if config == defaultConfig {
		return ""
	}
	return " -c " + config
}
