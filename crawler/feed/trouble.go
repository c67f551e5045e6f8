package feed

import (
	"fmt"
	"strings"

	"huiying/crawler"
)

// hostile is the trouble of a feed that is built to harm who reads it, or might as
// well be.
func hostile(format string, args ...any) error {
	return &crawler.TroubleError{
		Trouble: crawler.Hostile, Err: fmt.Errorf(format, args...),
		Reason: "订阅源的结构异常（嵌套过深、标签过大或自带实体），会拖垮程序，没有读。请人工打开核对，并联系网站。",
	}
}

// notAFeed says what stands where the feed should be. Sites that suspect a robot
// answer 200 with a page that asks for a code or for logging in.
func notAFeed(text string, cause error) error {
	head := strings.ToLower(text[:min(len(text), 64<<10)])
	e := &crawler.TroubleError{
		Trouble: crawler.Broken, Err: cause,
		Reason: "内容不是订阅源，或格式有错，没有读。请核对网址，持续出现请联系网站。",
	}
	if !strings.Contains(head, "<html") && !strings.Contains(head, "<!doctype html") {
		return e
	}
	e.Reason = "这里是网页，不是订阅源。请核对网址，或把来源的 kind 改成 page。"
	for _, word := range []string{"验证码", "安全验证", "人机验证", "滑动验证", "captcha", "访问过于频繁", "登录", "login", `type="password"`} {
		if strings.Contains(head, word) {
			e.Trouble = crawler.Blocked
			e.Reason = "网站要求输入验证码或登录，没有读到订阅源。请人工打开核对，或放慢 every。"
			break
		}
	}
	return e
}
