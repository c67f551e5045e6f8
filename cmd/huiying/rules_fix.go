package main

import (
	"errors"
	"fmt"
	"io/fs"

	"huiying/internal/rulebook"
)

// rulesFixCmd mends what can be mended surely.
type rulesFixCmd struct {
	rulesFolder

	Write bool `help:"写进文件; 不加就只给看要改哪里。"`
	JSON  bool `name:"json" help:"输出 JSON: 一个数组, 一个文件一项。"`
}

// Run shows what would be mended, and mends it with --write. It ends with exit
// code 1 where it only showed something, so that a script can ask.
func (c *rulesFixCmd) Run(std *streams) error {
	folder, err := c.open(std)
	if err != nil {
		return err
	}
	if folder.Shipped {
		fmt.Fprintln(std.Err, "自带的规则不能改: 写上规则目录, 如 huiying rules fix my-configs/rules")
		return exitError{1}
	}
	repairs, err := folder.Repairs()
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(std.Err, "没有这个目录: %s\n", folder.Dir)
		return exitError{1}
	}
	if err != nil {
		return fmt.Errorf("mend rules: %w", err)
	}
	if c.JSON {
		if repairs == nil {
			repairs = []rulebook.Repair{}
		}
		if err := writeJSON(std.Out, repairs); err != nil {
			return err
		}
	}
	count := 0
	for _, r := range repairs {
		count += len(r.Problems)
		if !c.JSON {
			if err := r.Diff(std.Out); err != nil {
				return fmt.Errorf("show the changes: %w", err)
			}
		}
		if c.Write {
			if err := r.Write(); err != nil {
				return fmt.Errorf("write the mended file: %w", err)
			}
		}
	}
	return c.close(std, folder, count, len(repairs))
}

// close says what was done and what is left.
func (c *rulesFixCmd) close(std *streams, folder rulebook.Folder, count, files int) error {
	_, problems := folder.Check()
	left, _ := rulebook.Count(folder.Findings(problems))
	if !c.Write {
		left = max(left-count, 0)
	}
	if c.JSON {
		if count > 0 && !c.Write {
			return exitError{1}
		}
		return nil
	}
	switch {
	case count == 0 && left == 0:
		fmt.Fprintln(std.Out, "没有要改的。")
	case count == 0:
		fmt.Fprintf(std.Out, "没有能自动改的; 还有 %d 处错误要人改: huiying rules check%s\n", left, c.flags())
	case !c.Write:
		fmt.Fprintf(std.Out, "能自动改 %d 处, 在 %d 个文件里; 还没有写进去, 写进去加 --write\n", count, files)
		return exitError{1}
	case left > 0:
		fmt.Fprintf(std.Out, "改了 %d 处, 在 %d 个文件里; 还有 %d 处错误要人改: huiying rules check%s\n", count, files, left, c.flags())
	default:
		fmt.Fprintf(std.Out, "改了 %d 处, 在 %d 个文件里; 现在没有错误了。下一步: huiying rules test%s\n", count, files, c.flags())
	}
	return nil
}
