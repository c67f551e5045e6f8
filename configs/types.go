package configs

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/goccy/go-yaml/ast"

	"huiying/configs/yamlcheck"
)

// Network is a range of IP addresses.
type Network struct{ netip.Prefix }

// Decode reads it for yamlcheck.
func (w *Network) Decode(d *yamlcheck.Decoder, n ast.Node, p yamlcheck.Trail) {
	text, ok := d.Text(n, p)
	if !ok {
		return
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		d.Problem(n, p, "E100", "“"+yamlcheck.Short(text)+"”不是网段", "写成 10.1.2.0/24 或 fd00::/8")
		return
	}
	w.Prefix = prefix.Masked()
}

// DayTime is a time of day in China Standard Time, since midnight.
type DayTime time.Duration

// String is the time as 08:30.
func (t DayTime) String() string {
	return time.Time{}.Add(time.Duration(t)).Format("15:04")
}

// UnmarshalText reads 08:30.
func (t *DayTime) UnmarshalText(text []byte) error {
	at, err := time.Parse("15:04", string(text))
	if err != nil || len(text) != len("15:04") {
		return fmt.Errorf("%q is no time of day like 08:30", text)
	}
	*t = DayTime(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	return nil
}

// Decode reads it for yamlcheck.
func (t *DayTime) Decode(d *yamlcheck.Decoder, n ast.Node, p yamlcheck.Trail) {
	if text, ok := d.Text(n, p); ok && t.UnmarshalText([]byte(text)) != nil {
		d.Problem(n, p, "E029", "看不懂几点“"+yamlcheck.Short(text)+"”", `写成 "08:30", 24 小时制, 带英文双引号`)
	}
}
