package yamlcheck

import (
	"encoding"
	"reflect"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// duration reads a Go duration such as 5m or 1h30m.
func (d *Decoder) duration(n ast.Node, v reflect.Value, p Trail) {
	const remedy = "写成数字加单位: 500ms、30s、5m、1h、72h"
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		d.Problem(n, p, "E029", "时间“"+n.GetToken().Value+"”没有单位", remedy)
	default:
		text, ok := d.Text(n, p)
		if !ok {
			return
		}
		x, err := time.ParseDuration(text)
		if err != nil {
			d.Problem(n, p, "E029", "看不懂这段时间“"+Short(text)+"”", remedy)
			return
		}
		v.SetInt(int64(x))
	}
}

func isDuration(t reflect.Type) bool { return t == reflect.TypeFor[time.Duration]() }

// Fill sets the defaults of the struct that ptr points to.
func Fill(ptr any) { fill(reflect.ValueOf(ptr).Elem()) }

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
	if u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr()); ok {
		return v, u.UnmarshalText([]byte(text)) == nil
	}
	switch {
	case isDuration(t):
		x, err := time.ParseDuration(text)
		v.SetInt(int64(x))
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
func (d *Decoder) filled(n ast.Node, v reflect.Value, need bool, p Trail) {
	if need && (v.Kind() == reflect.String || v.Kind() == reflect.Slice) && v.Len() == 0 {
		d.Problem(n, p, "E024", "这里是空的", "这一项必须写, 至少写一个")
	}
}

// bounds holds a number or duration to its tags min and max.
func (d *Decoder) bounds(n ast.Node, v reflect.Value, tag reflect.StructTag, p Trail) {
	if !v.CanInt() {
		return
	}
	if text := tag.Get("min"); text != "" {
		if low, ok := scalar(v.Type(), text); ok && v.Int() < low.Int() {
			d.Problem(n, p, "E028", "不能小于 "+text+", 现在是 "+n.GetToken().Value, "写 "+text+" 或更大")
		}
	}
	if text := tag.Get("max"); text != "" {
		if high, ok := scalar(v.Type(), text); ok && v.Int() > high.Int() {
			d.Problem(n, p, "E028", "不能大于 "+text+", 现在是 "+n.GetToken().Value, "写 "+text+" 或更小")
		}
	}
}
