package configs

import (
	"net"
	"time"

	"huiying/configs/yamlcheck"
)

// checkLadder holds the times of those higher up to come later: after the leaders'
// the office's, and the head's not before that.
func (l *loader) checkLadder() {
	leader, office, head := l.config.Ladder.Leader, l.config.Ladder.Office, l.config.Ladder.Head
	for _, k := range []struct {
		key                  string
		leader, office, head time.Duration
	}{
		{"extreme", leader.Extreme, office.Extreme, head.Extreme},
		{"major", leader.Major, office.Major, head.Major},
		{"pending", leader.Pending, office.Pending, head.Pending},
		{"large", leader.Large, office.Large, head.Large},
		{"ordinary", leader.Ordinary, office.Ordinary, head.Ordinary},
		{"other", leader.Other, office.Other, head.Other},
	} {
		if k.head != 0 && k.leader >= k.head {
			l.settings.Ref(l.later("head", "leader", k.key), "报局主要负责人("+brief(k.head)+")不比报分管领导("+brief(k.leader)+")晚", "把 ladder.head."+k.key+" 写长一些")
			continue
		}
		if k.leader >= k.office {
			l.settings.Ref(l.later("office", "leader", k.key), "报办公室负责人("+brief(k.office)+")不比报分管领导("+brief(k.leader)+")晚", "把 ladder.office."+k.key+" 写长一些")
		}
		if k.head != 0 && k.head < k.office {
			l.settings.Ref(l.later("head", "office", k.key), "报局主要负责人("+brief(k.head)+")比报办公室负责人("+brief(k.office)+")早", "把 ladder.office."+k.key+" 写短一些")
		}
	}
}

// later is the key of the ladder to point at: the first rank's where it is written,
// else the second's.
func (l *loader) later(rank, other, key string) string {
	if at := "ladder." + rank + "." + key; l.settings.Written(at) {
		return at
	}
	return "ladder." + other + "." + key
}

// checkAck holds the second listener to an address that people can reach.
func (l *loader) checkAck() {
	a := l.config.Ack
	if a.Addr == "" {
		if a.PublicURL != "" {
			l.settings.Ref("ack.public_url", "写了 public_url, 没有写 addr, 认领链接打不开", "补上 addr: 0.0.0.0:8422")
		}
		return
	}
	if _, _, err := net.SplitHostPort(a.Addr); err != nil {
		l.settings.Ref("ack.addr", "“"+yamlcheck.Short(a.Addr)+"”不是监听地址", "写成 0.0.0.0:8422")
	}
	switch {
	case !l.settings.Written("ack.public_url"):
		l.settings.Ref("ack.addr", "有 addr 就要有 public_url, 链接用它开头", "补上 public_url: https://…")
	case !httpURL(a.PublicURL), !encrypted(a.PublicURL):
		l.settings.Ref("ack.public_url", "“"+yamlcheck.Short(a.PublicURL)+"”不能用: 链接等于钥匙, 要加密传送", "写成 https://…")
	}
}
