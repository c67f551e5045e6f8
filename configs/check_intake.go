package configs

import (
	"maps"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"huiying/configs/yamlcheck"
)

// shortestToken is how many characters a token of the API needs, so that it cannot
// be guessed.
const shortestToken = 16

// checkIntake holds a source that is handed in to its doors. A missing secret is a
// problem only where the source is in use.
func (l *loader) checkIntake(key string, s *Source) {
	d := l.sources
	key += ".intake"
	if s.Kind != "intake" {
		return
	}
	seen := map[SheetField]string{}
	for _, header := range slices.Sorted(maps.Keys(s.Intake.Columns)) {
		f := s.Intake.Columns[header]
		if first, twice := seen[f]; twice && f != "none" && f != "" {
			d.Ref(key+".columns."+header, "“"+yamlcheck.Short(first)+"”和“"+yamlcheck.Short(header)+"”都写成 "+string(f), "一个字段只留一列, 另一列写 none")
		}
		seen[f] = header
	}
	if !s.Enabled {
		return
	}
	why, remedy := s.Intake.Token.resolve(l.tree, d.File)
	switch {
	case why != "":
		d.Ref(key+".token", why, remedy)
	case s.Intake.Token.value != "" && len(s.Intake.Token.value) < shortestToken:
		d.Ref(key+".token", "令牌太短, 容易被猜中", "换成 16 个以上的随机字符, 如 openssl rand -hex 24 的输出")
	case s.Intake.Token.value != "" && l.settings != nil && l.config.Intake.Addr == "":
		d.Ref(key+".token", "写了令牌, 但接口没有打开", "在 huiying.yaml 里写 intake: {addr: \"127.0.0.1:8421\"}, 或删掉 token")
	}
	l.checkDrop(key+".drop", s)
}

// checkDrop refuses a drop directory that two sources share.
func (l *loader) checkDrop(key string, s *Source) {
	if s.Intake.Drop == "" {
		return
	}
	for i := range l.config.Sources {
		other := &l.config.Sources[i]
		if other == s {
			break
		}
		if other.Enabled && other.Intake.Drop != "" && filepath.Clean(other.Intake.Drop) == filepath.Clean(s.Intake.Drop) {
			l.sources.Ref(key, "和来源“"+yamlcheck.Short(other.Name)+"”用了同一个投递目录", "每个来源用自己的目录")
		}
	}
}

// checkIntakeAddr holds the API's address to this machine and its private
// networks: it speaks plain HTTP.
func (l *loader) checkIntakeAddr() {
	addr := l.config.Intake.Addr
	if addr == "" {
		return
	}
	host, _, err := net.SplitHostPort(addr)
	ip, ipErr := netip.ParseAddr(host)
	switch {
	case err != nil:
		l.settings.Ref("intake.addr", "“"+yamlcheck.Short(addr)+"”不是监听地址", "写成 127.0.0.1:8421")
	case !strings.EqualFold(host, "localhost") && (ipErr != nil || !ip.IsLoopback() && !ip.IsPrivate()):
		l.settings.Ref("intake.addr", "接口不加密, 只能开在本机或内网地址上", "写成 127.0.0.1:8421, 外面要用就在前面放一个 HTTPS 反向代理")
	}
}
