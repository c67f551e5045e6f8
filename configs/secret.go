package configs

import (
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"huiying/configs/yamlcheck"
)

// redacted is what every printing of a secret shows.
const redacted = "<redacted>"

// Secret is a value that must never be seen: it prints as <redacted> whatever
// prints it. In YAML it stands as {env: NAME} or {file: PATH}; an address without
// a password may stand as it is.
type Secret struct {
	value string
	// env or file say where the value comes from.
	env, file string
}

// NewSecret is a secret for tests and demos.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal returns the value, "" where it is not set.
func (s Secret) Reveal() string { return s.value }

// IsSet reports whether there is a value.
func (s Secret) IsSet() bool { return s.value != "" }

func (Secret) String() string { return redacted }

// GoString hides the value from %#v.
func (Secret) GoString() string { return redacted }

// Format hides the value from every other verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue hides the value from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON hides the value from JSON.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText hides the value from every encoder of text.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// secretSource is the written form of a secret.
type secretSource struct {
	Env  string `yaml:"env" jsonschema_description:"环境变量的名字"`
	File string `yaml:"file" jsonschema_description:"文件的路径, 相对于本文件"`
}

// WrittenAs says which keys a secret has.
func (Secret) WrittenAs() reflect.Type { return reflect.TypeFor[secretSource]() }

// Decode reads it for yamlcheck.
func (s *Secret) Decode(d *yamlcheck.Decoder, n ast.Node, p yamlcheck.Trail) {
	const remedy = "写成 {env: 变量名} 或 {file: 路径}"
	switch n := n.(type) {
	case *ast.NullNode:
		return
	case *ast.StringNode:
		if n.Value == "" || harmless(n.Value) {
			s.value = n.Value
			return
		}
		d.Problem(n, p, "E100", "密钥不能直接写在文件里", remedy)
	case *ast.MappingNode, *ast.MappingValueNode:
		var from secretSource
		d.Value(n, &from, p)
		if (from.Env == "") == (from.File == "") {
			d.Problem(n, p, "E100", "要写 env 或 file 中的一个", remedy)
			return
		}
		if strings.Trim(from.Env, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			d.Problem(n, p, "E100", "env 里要写环境变量的名字, 不是密钥本身", "写成 {env: HUIYING_SLACK_TOKEN}")
			return
		}
		s.env, s.file = from.Env, from.File
	default:
		d.Problem(n, p, "E100", "密钥的写法不对", remedy)
	}
}

// harmless tells an address that holds no password.
func harmless(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" || strings.Contains(strings.ToLower(u.RawQuery), "password") {
		return false
	}
	_, password := u.User.Password()
	return !password
}

// resolve fetches the value. why says in Chinese what is missing, without it.
func (s *Secret) resolve(t yamlcheck.Tree, beside string) (why, remedy string) {
	switch {
	case s.env != "":
		if s.value = os.Getenv(s.env); s.value == "" {
			return "环境变量 " + s.env + " 没有设置", "启动前先 export " + s.env + "=…"
		}
	case s.file != "":
		name := t.Beside(beside, s.file)
		data, _, err := t.Read(name)
		if err != nil {
			return "密钥文件 " + name + " 读不了", "检查路径和权限"
		}
		if s.value = strings.TrimSpace(string(data)); s.value == "" || len(data) > yamlcheck.MaxBytes {
			s.value = ""
			return "密钥文件 " + name + " 是空的或太大", "文件里只放密钥一行"
		}
	}
	return "", ""
}
