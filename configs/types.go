package configs

import (
	"net/netip"
	"reflect"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Network is a range of IP addresses.
type Network struct{ netip.Prefix }

func (w *Network) decode(d *decoder, n ast.Node, p trail) {
	text, ok := d.text(n, p)
	if !ok {
		return
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		d.problem(n, p, "E100", "“"+short(text)+"”不是网段", "写成 10.1.2.0/24 或 fd00::/8")
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

func (t *DayTime) decode(d *decoder, n ast.Node, p trail) {
	text, ok := d.text(n, p)
	if !ok {
		return
	}
	at, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		d.problem(n, p, "E029", "看不懂几点“"+short(text)+"”", `写成 "08:30", 24 小时制, 带英文双引号`)
		return
	}
	*t = DayTime(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
}

// duration reads a Go duration such as 5m or 1h30m.
func (d *decoder) duration(n ast.Node, v reflect.Value, p trail) {
	const remedy = "写成数字加单位: 500ms、30s、5m、1h、72h"
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		d.problem(n, p, "E029", "时间“"+n.GetToken().Value+"”没有单位", remedy)
	default:
		text, ok := d.text(n, p)
		if !ok {
			return
		}
		x, err := time.ParseDuration(text)
		if err != nil {
			d.problem(n, p, "E029", "看不懂这段时间“"+short(text)+"”", remedy)
			return
		}
		v.SetInt(int64(x))
	}
}

func isDuration(t reflect.Type) bool { return t == reflect.TypeFor[time.Duration]() }

func valueOf(ptr any) reflect.Value { return reflect.ValueOf(ptr).Elem() }

// fill sets the defaults that the struct tags state, at any depth.
func fill(v reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	t := v.Type()
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("yaml") == "" {
			continue
		}
		f, text := v.Field(i), t.Field(i).Tag.Get("default")
		if text == "" {
			fill(f)
			continue
		}
		if x, ok := scalar(f.Type(), text); ok {
			f.Set(x)
		}
	}
}

// scalar reads a struct tag's text as a value of the field's type.
func scalar(t reflect.Type, text string) (reflect.Value, bool) {
	v := reflect.New(t).Elem()
	switch {
	case isDuration(t):
		x, err := time.ParseDuration(text)
		v.SetInt(int64(x))
		return v, err == nil
	case t == reflect.TypeFor[DayTime]():
		at, err := time.Parse("15:04", text)
		v.SetInt(int64(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute))
		return v, err == nil
	case t.Kind() == reflect.String:
		v.SetString(text)
		return v, true
	case t.Kind() == reflect.Bool:
		v.SetBool(text == "true")
		return v, true
	case v.CanInt():
		x, err := strconv.ParseInt(text, 10, 64)
		v.SetInt(x)
		return v, err == nil
	}
	return v, false
}

// filled refuses an empty text or list where one is required.
func (d *decoder) filled(n ast.Node, v reflect.Value, need bool, p trail) {
	if need && (v.Kind() == reflect.String || v.Kind() == reflect.Slice) && v.Len() == 0 {
		d.problem(n, p, "E024", "这里是空的", "这一项必须写, 至少写一个")
	}
}

// bounds holds a number or duration to its tags min and max.
func (d *decoder) bounds(n ast.Node, v reflect.Value, tag reflect.StructTag, p trail) {
	if !v.CanInt() {
		return
	}
	if text := tag.Get("min"); text != "" {
		if low, ok := scalar(v.Type(), text); ok && v.Int() < low.Int() {
			d.problem(n, p, "E028", "不能小于 "+text+", 现在是 "+n.GetToken().Value, "写 "+text+" 或更大")
		}
	}
	if text := tag.Get("max"); text != "" {
		if high, ok := scalar(v.Type(), text); ok && v.Int() > high.Int() {
			d.problem(n, p, "E028", "不能大于 "+text+", 现在是 "+n.GetToken().Value, "写 "+text+" 或更小")
		}
	}
}
