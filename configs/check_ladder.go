package configs

import (
	"net"
	"time"
)

// checkLadder holds the head's times to come after the leaders'.
func (l *loader) checkLadder() {
	leader, head := l.config.Ladder.Leader, l.config.Ladder.Head
	for _, k := range []struct {
		key          string
		leader, head time.Duration
	}{
		{"extreme", leader.Extreme, head.Extreme},
		{"major", leader.Major, head.Major},
		{"pending", leader.Pending, head.Pending},
		{"large", leader.Large, head.Large},
		{"ordinary", leader.Ordinary, head.Ordinary},
		{"other", leader.Other, head.Other},
	} {
		if k.head == 0 || k.leader < k.head {
			continue
		}
		key := "ladder.head." + k.key
		if !written(l.settings, key) {
			key = "ladder.leader." + k.key
		}
		l.settings.ref(key, "报局主要负责人("+brief(k.head)+")不比报分管领导("+brief(k.leader)+")晚", "把 ladder.head."+k.key+" 写长一些")
	}
}

// checkAck holds the second listener to an address that people can reach.
func (l *loader) checkAck() {
	a := l.config.Ack
	if a.Addr == "" {
		if a.PublicURL != "" {
			l.settings.ref("ack.public_url", "写了 public_url, 没有写 addr, 认领链接打不开", "补上 addr: 0.0.0.0:8422")
		}
		return
	}
	if _, _, err := net.SplitHostPort(a.Addr); err != nil {
		l.settings.ref("ack.addr", "“"+short(a.Addr)+"”不是监听地址", "写成 0.0.0.0:8422")
	}
	switch {
	case !written(l.settings, "ack.public_url"):
		l.settings.ref("ack.addr", "有 addr 就要有 public_url, 链接用它开头", "补上 public_url: https://…")
	case !httpURL(a.PublicURL), !encrypted(a.PublicURL):
		l.settings.ref("ack.public_url", "“"+short(a.PublicURL)+"”不能用: 链接等于钥匙, 要加密传送", "写成 https://…")
	}
}
