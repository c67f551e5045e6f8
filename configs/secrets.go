package configs

import "reflect"

// Secrets are the values of all secrets of the configuration, for whoever keeps
// them out of what is written. It finds them by their type, so that a new setting
// cannot be forgotten.
func (c *Config) Secrets() []string {
	var found []string
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		if s, ok := reflect.TypeAssert[Secret](v); ok {
			if s.value != "" {
				found = append(found, s.value)
			}
			return
		}
		switch v.Kind() { //nolint:exhaustive // Nothing else holds anything.
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Map:
			for it := v.MapRange(); it.Next(); {
				walk(it.Value())
			}
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem())
			}
		}
	}
	for _, part := range []any{c.Settings, c.Sources, c.Organisation} {
		walk(reflect.ValueOf(part))
	}
	return found
}
