package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"huiying/response"
)

type caseGradeCmd struct {
	deskFlags
	Grade  string `arg:"" help:"特别重大、重大、较大 或 一般。"`
	By     string `required:"" help:"谁定的: organisation.yaml 里的科室、单位、领导或局办公室。"`
	Reason string `required:"" help:"定级的依据。"`
	Post   string `help:"依据哪条帖子(P- 开头): 新开的时限从第一次看到它算起; 不写从现在算起。"`
}

// Run gives an emergency a grade: only a person lowers one.
func (c *caseGradeCmd) Run(ctx context.Context, std *streams) error {
	g, ok := gradeNamed(c.Grade)
	if !ok {
		fmt.Fprintf(std.Err, "没有“%s”这个等级: 特别重大、重大、较大、一般\n", c.Grade)
		return exitError{1}
	}
	_, err := c.act(ctx, std, func(acts *response.Acts) (response.Case, error) {
		return acts.Grade(ctx, response.Instruction{Case: c.ID, By: c.By, Reason: c.Reason, Via: "command"}, g, c.Post)
	})
	return err
}

type caseConfirmCmd struct {
	deskFlags
	Agency string `required:"" help:"哪个单位, 告警里“会商”写的名称。"`
	By     string `required:"" help:"谁去会商的: 科室、单位或局办公室。"`
	Note   string `help:"怎么确认的; 用 --waive 时写为什么不用会商。"`
	Add    bool   `xor:"how" help:"加一个要会商的单位, 还没有确认。"`
	Waive  bool   `xor:"how" help:"这个单位不用会商。"`
}

// Run records that a named agency has confirmed what is to be published.
func (c *caseConfirmCmd) Run(ctx context.Context, std *streams) error {
	verb := response.Confirmed
	switch {
	case c.Add:
		verb = response.Consulted
	case c.Waive:
		verb = response.Waived
	}
	_, err := c.act(ctx, std, func(acts *response.Acts) (response.Case, error) {
		return acts.Confirm(ctx, response.Instruction{Case: c.ID, By: c.By, Reason: c.Note, Via: "command"}, c.Agency, verb)
	})
	return err
}

type caseReviewCmd struct {
	deskFlags
	By       string `help:"谁送审; 登记意见时不写, 就是合法性审核的科室。"`
	Draft    string `xor:"what" placeholder:"FILE" help:"送审的稿子, 文本文件; - 是标准输入。"`
	Question string `xor:"what" help:"要问的问题。"`
	OK       bool   `name:"ok" xor:"what" help:"登记: 审核通过。"`
	No       bool   `name:"no" xor:"what" help:"登记: 审核不通过, 要写 --note。"`
	Note     string `help:"审核意见。"`
}

// maxDraftFile is as large as a draft may be, in bytes, before it is even counted.
const maxDraftFile = 64 << 10

// Run asks the legal reviewer, or records what he says.
func (c *caseReviewCmd) Run(ctx context.Context, std *streams) error {
	text := c.Question
	if c.Draft != "" {
		var err error
		if text, err = c.draft(std); err != nil {
			return err
		}
	}
	_, err := c.act(ctx, std, func(acts *response.Acts) (response.Case, error) {
		w := response.Instruction{Case: c.ID, By: c.By, Reason: c.Note, Via: "command"}
		if c.OK || c.No {
			return acts.Reviewed(ctx, w, c.OK)
		}
		if c.By == "" {
			return response.Case{}, &response.RefusedError{Err: errors.New("请写明谁送审（--by 科室）")}
		}
		w.Reason = text
		return acts.AskReview(ctx, w)
	})
	return err
}

func (c *caseReviewCmd) draft(std *streams) (string, error) {
	in := std.In
	if c.Draft != "-" {
		f, err := os.Open(c.Draft)
		if err != nil {
			return "", fmt.Errorf("read the draft: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxDraftFile+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("read the draft: %w", err)
	case len(raw) > maxDraftFile:
		return "", fmt.Errorf("%s is larger than %d KB: give the text itself, not a document", c.Draft, maxDraftFile>>10)
	}
	text := strings.TrimPrefix(string(raw), "\uFEFF")
	if text != strings.ToValidUTF8(text, "") || strings.ContainsRune(text, 0) {
		fmt.Fprintln(std.Err, "稿子不是 UTF-8 文本: Word 文档请先另存为纯文本")
		return "", exitError{1}
	}
	return text, nil
}

type caseCloseCmd struct {
	deskFlags
	By     string `required:"" help:"谁办结: 科室、单位、领导或局办公室。"`
	Reason string `required:"" help:"办结的依据。"`
}

// Run closes a case for good.
func (c *caseCloseCmd) Run(ctx context.Context, std *streams) error {
	_, err := c.act(ctx, std, func(acts *response.Acts) (response.Case, error) {
		return acts.Close(ctx, response.Instruction{Case: c.ID, By: c.By, Reason: c.Reason, Via: "command"})
	})
	return err
}
