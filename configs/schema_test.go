package configs

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/invopop/jsonschema"

	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
)

// TestSchemas holds the committed schemas, which editors of YAML read, to the structs.
func TestSchemas(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"huiying": Settings{}, "sources": SourceFile{}, "organisation": Organisation{}, "rules": rulefile.File{},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := schemaOf(reflect.TypeOf(v))
			s.Title = name + ".yaml"
			text, err := json.MarshalIndent(s, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			compare(t, "schema/"+name+".schema.json", string(text)+"\n")
		})
	}
}

func reflector() *jsonschema.Reflector {
	return &jsonschema.Reflector{
		Anonymous: true, FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, ExpandedStruct: true, Mapper: mapped,
	}
}

// schemaOf reflects a struct and adds what our own tags say.
func schemaOf(root reflect.Type) *jsonschema.Schema {
	s := reflector().ReflectFromType(root)
	types := map[string]reflect.Type{}
	structs(root, types)
	for name, t := range types {
		def := s.Definitions[name]
		if t == root {
			def = s
		} else if def == nil {
			// Words hide behind the mapped WordList.
			r := reflector()
			r.ExpandedStruct = false
			def = r.ReflectFromType(t).Definitions[name]
			s.Definitions[name] = def
		}
		annotate(def, t)
	}
	return s
}

// structs finds the structs that a type holds, by name.
func structs(t reflect.Type, out map[string]reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		structs(t.Elem(), out)
	case reflect.Struct:
		if t == reflect.TypeFor[Secret]() || t == reflect.TypeFor[Network]() || out[t.Name()] != nil {
			return
		}
		out[t.Name()] = t
		for _, f := range yamlcheck.FieldsOf(t) {
			structs(t.Field(f.Index).Type, out)
		}
	default:
	}
}

func annotate(def *jsonschema.Schema, t reflect.Type) {
	prose := 0
	for _, f := range yamlcheck.FieldsOf(t) {
		p, _ := def.Properties.Get(f.Name)
		tag := t.Field(f.Index).Tag
		if f.Need {
			def.Required = append(def.Required, f.Name)
		}
		if f.Prose {
			prose++
		}
		if p.Ref != "" || p.Type == "" && tag.Get("default") == "" {
			continue
		}
		if p.Type == "integer" {
			p.Minimum, p.Maximum = json.Number(tag.Get("min")), json.Number(tag.Get("max"))
		}
		switch text := tag.Get("default"); {
		case text == "":
		case p.Type == "string":
			p.Default = text
		default:
			p.Default = json.RawMessage(text)
		}
	}
	if prose > 2 { // an example's sentence may hold commas, see continues
		def.AdditionalProperties = &jsonschema.Schema{Type: "null"}
	}
}

// mapped gives the schemas of types that read themselves.
func mapped(t reflect.Type) *jsonschema.Schema {
	text := &jsonschema.Schema{Type: "string"}
	orList := func(one *jsonschema.Schema) *jsonschema.Schema {
		least := uint64(1)
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{one, {Type: "array", Items: one, MinItems: &least}}}
	}
	switch t {
	case reflect.TypeFor[time.Duration]():
		return &jsonschema.Schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`}
	case reflect.TypeFor[DayTime]():
		return &jsonschema.Schema{Type: "string", Pattern: `^([01][0-9]|2[0-3]):[0-5][0-9]$`}
	case reflect.TypeFor[Network]():
		return text
	case reflect.TypeFor[rulefile.Span]():
		return &jsonschema.Schema{Type: "string", Pattern: `^[1-9][0-9]* ?(分钟|小时|天)$`}
	case reflect.TypeFor[yamlcheck.Yes]():
		return &jsonschema.Schema{Type: "string", Enum: []any{"是", "否"}}
	case reflect.TypeFor[yamlcheck.Names]():
		return orList(text)
	case reflect.TypeFor[rulefile.Channels]():
		return orList(enum(rulefile.Channel("").Choices()))
	case reflect.TypeFor[rulefile.WordList]():
		words := &jsonschema.Schema{Ref: "#/$defs/RuleWords"}
		return orList(&jsonschema.Schema{AnyOf: []*jsonschema.Schema{text, words, {Type: "array", Items: text}}})
	case reflect.TypeFor[rulefile.Escalations]():
		return orList(&jsonschema.Schema{Ref: "#/$defs/RuleEscalation"})
	case reflect.TypeFor[Secret]():
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
			text, {Type: "object", AdditionalProperties: text, PropertyNames: enum([]string{"env", "file"})},
		}}
	}
	if c, ok := reflect.TypeAssert[yamlcheck.Choice](reflect.Zero(t)); ok {
		return enum(c.Choices())
	}
	return nil
}

func enum(all []string) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, c := range all {
		s.Enum = append(s.Enum, c)
	}
	return s
}
