package jsonfeed

import (
	"errors"

	"huiying/crawler"
	"huiying/crawler/fetch"
)

// trouble is an answer that cannot be read as a timeline, in words for engineers
// and for operators.
func trouble(class crawler.Trouble, err error, chinese string) error {
	return &crawler.TroubleError{Trouble: class, Reason: chinese, Err: err}
}

// explain adds to a refusal by robots.txt what else a source of this preset can
// be read by: to read on all the same is not for us to decide.
func (c *Collector) explain(err error) error {
	fe, ok := errors.AsType[*fetch.Error](err)
	if !ok || fe.Kind != fetch.Robots {
		return err
	}
	way := "请向网站主管单位申请接口授权，或改用它公开的订阅源（kind: feed）。"
	if c.shape.weibo {
		way = "请改用平台授权的接口，或单位自建的 RSSHub 等桥接给出的订阅地址（kind: feed，channel: weibo）。"
	}
	return trouble(crawler.Refused, err, "该网站的 robots.txt 不允许读取这个接口，所以不读。"+way)
}

// chinese is what an operator reads of an error; "" where it is not for them.
func chinese(err error) string {
	var told interface{ Chinese() string }
	if errors.As(err, &told) {
		return told.Chinese()
	}
	return ""
}
