package config

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aigc/app/module"
	"aigc/app/provider"
)

// These tests change the environment of the process, so they are not parallel.

// toy is a module with two vendors: acme has the usual settings, odd its own ones.
var toy = module.Define(module.Spec{Name: "toy", Title: "Toy"},
	module.Declare(module.Operation{
		Name: "draw", Paths: []string{"/toy/draw"}, Tool: "create_toy_image", Media: module.Image, Primary: true,
	},
		module.Sync[toyInput](provider.Vendor{
			Name: "acme", Title: "Acme", BaseURL: "https://api.acme.example/v1", Prefix: "ACME",
			Settings: provider.Keys("ACME"), Limits: provider.Limits{Running: 4},
		}, generator{}, terms),
		module.Sync[toyInput](provider.Vendor{
			Name: "odd", Title: "Odd", BaseURL: "https://odd.example", KeyVariable: "ODD_USER",
			Settings: func() provider.Settings { return &oddSettings{} },
		}, generator{}, module.Terms{Models: terms.Models, Submit: time.Minute})))

var terms = module.Terms{Models: []module.Model{{ID: "toy-1"}}}

type toyInput struct {
	Prompt string `json:"prompt"`
}

type generator struct{ provider.Generator[toyInput] }

type oddSettings struct {
	User   string          `envconfig:"ODD_USER" desc:"the user"`
	Secret provider.Secret `envconfig:"ODD_SECRET" desc:"the secret"`
}

func (s *oddSettings) Accounts() ([]provider.Account, error) {
	if (s.User == "") != (s.Secret == "") {
		return nil, errIncomplete
	}
	if s.User == "" {
		return nil, nil
	}
	return []provider.Account{{Secret: s.Secret, Variable: "ODD_USER"}}, nil
}

var errIncomplete = &incomplete{}

type incomplete struct{}

func (*incomplete) Error() string { return "ODD_USER and ODD_SECRET are needed together" }

// loadWith calls Load with exactly these variables and this .env.
func loadWith(t *testing.T, env map[string]string, dotenv string) (*Settings, error) {
	t.Helper()
	before := os.Environ()
	t.Cleanup(func() {
		os.Clearenv()
		for _, kv := range before {
			name, value, _ := strings.Cut(kv, "=")
			_ = os.Setenv(name, value)
		}
	})
	os.Clearenv()
	for k, v := range env {
		if err := os.Setenv(k, v); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(t.TempDir())
	if dotenv != "" {
		if err := os.WriteFile(".env", []byte(dotenv), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h, err := module.NewRegistry(toy)
	if err != nil {
		t.Fatal(err)
	}
	return Load(h)
}

func mustLoad(t *testing.T, env map[string]string, dotenv string) *Settings {
	t.Helper()
	l, err := loadWith(t, env, dotenv)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestDefaults(t *testing.T) {
	l := mustLoad(t, nil, "")
	if l.Addr != "127.0.0.1:5512" || l.MCPAddr != "127.0.0.1:5513" || l.DataDir != "./data" || l.Sandbox != "auto" {
		t.Errorf("addresses, folder or sandbox: %+v", l.Process)
	}
	if l.SyncWait != 90*time.Second || l.ShutdownGrace != 330*time.Second || !l.Thumbnails || l.PrivateLinks {
		t.Errorf("times or switches: %+v", l.Process)
	}
	if !l.Accounts.Empty() || len(l.Warnings) > 0 {
		t.Errorf("accounts %v, warnings %q", l.Accounts, l.Warnings)
	}
	if got := l.Accounts.Limits("acme"); got != (provider.Limits{Running: 4}) {
		t.Errorf("default limits of the vendor: %+v", got)
	}
}

// Without a setting a stop waits as long as a submission to a configured vendor may take.
func TestShutdownGrace(t *testing.T) {
	odd := map[string]string{"ODD_USER": "u", "ODD_SECRET": "s"}
	for name, c := range map[string]struct {
		env  map[string]string
		want time.Duration
	}{
		"no vendor":       {nil, 330 * time.Second},
		"the fast vendor": {odd, 90 * time.Second},
		"both vendors":    {map[string]string{"ODD_USER": "u", "ODD_SECRET": "s", "ACME_API_KEY": "sk-12345678"}, 330 * time.Second},
		"set":             {map[string]string{"ODD_USER": "u", "ODD_SECRET": "s", "AIGC_SHUTDOWN_GRACE": "5s"}, 5 * time.Second},
		"set to none":     {map[string]string{"AIGC_SHUTDOWN_GRACE": "0s"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := mustLoad(t, c.env, "")
			if s, _ := l.Setting("AIGC_SHUTDOWN_GRACE"); l.ShutdownGrace != c.want || s.Value != c.want.String() && s.Value != c.env["AIGC_SHUTDOWN_GRACE"] {
				t.Errorf("%s (%s), want %s", l.ShutdownGrace, s.Value, c.want)
			}
		})
	}
}

// Variables without their prefix are ignored: envconfig would accept them for fields
// with an envconfig tag.
func TestNamesWithoutPrefix(t *testing.T) {
	l := mustLoad(t, map[string]string{"API_KEY": "sk-hunter2", "BASE_URL": "http://x", "MAX_RUNNING": "7", "ADDR": "0.0.0.0:1", "SANDBOX": "off", "MODEL": "x"}, "")
	if !l.Accounts.Empty() || l.APIKey != "" || l.Addr != "127.0.0.1:5512" || l.Sandbox != "auto" || l.Accounts.Limits("acme").Running != 4 {
		t.Errorf("accepted: %+v, limits %+v", l.Process, l.Accounts.Limits("acme"))
	}
	for _, s := range l.List {
		if s.Source != "default" {
			t.Errorf("%s comes from %s", s.Name, s.Source)
		}
	}
}

func TestFaults(t *testing.T) {
	tests := []struct {
		name   string
		env    map[string]string
		dotenv string
		want   []string // parts of the error
		hidden []string // must not be in the error
	}{
		{
			name: "all at once",
			env: map[string]string{
				"AIGC_ADDR": "nowhere", "AIGC_SYNC_WAIT": "ninety", "AIGC_WORKER_CONCURRENCY": "many", "AIGC_THUMBNAILS": "perhaps",
				"AIGC_FETCH_ALLOW": "10.0.0.0", "AIGC_SANDBOX": "maybe", "AIGC_PUBLIC_URL": "example.com", "ACME_MAX_RUNNING": "lots", "ODD_USER": "joe",
				"AIGC_ALLOWED_HOSTS": "a.example, https://hunter2.example",
			},
			want: []string{
				"10 fault(s)", "AIGC_ALLOWED_HOSTS: name 2 is not a host name", "AIGC_ADDR: is not host:port", "AIGC_SYNC_WAIT: is not a duration", "AIGC_WORKER_CONCURRENCY: is not a whole number",
				"AIGC_THUMBNAILS: is not true or false", "AIGC_FETCH_ALLOW: is not a list of CIDRs", "AIGC_SANDBOX: must be one of auto, on, off",
				"AIGC_PUBLIC_URL: is not an http(s) address", "ACME_MAX_RUNNING: is not a whole number", "ODD_USER and ODD_SECRET are needed together",
			},
			hidden: []string{"ninety", "joe", "hunter2"},
		},
		{
			name: "out of range",
			env:  map[string]string{"AIGC_WORKER_CONCURRENCY": "0", "AIGC_SYNC_WAIT": "-1s", "AIGC_SHUTDOWN_GRACE": "-1s", "AIGC_RATE_LIMIT": "-1", "AIGC_RETAIN_ANSWERS": "-1h", "ACME_PER_MINUTE": "-1", "ACME_POLL_EVERY": "100ms", "AIGC_MCP_ADDR": "127.0.0.1:70000"},
			want: []string{
				"AIGC_WORKER_CONCURRENCY: must be 1 to 1024", "AIGC_SYNC_WAIT: must not be negative", "AIGC_SHUTDOWN_GRACE: must not be negative",
				"AIGC_RATE_LIMIT: must not be negative", "AIGC_RETAIN_ANSWERS: must not be negative", "ACME_MAX_RUNNING, ACME_PER_MINUTE: must not be negative", "ACME_POLL_EVERY: must be 0, or between 1s and 1m", "AIGC_MCP_ADDR: is not host:port",
			},
		},
		{
			name: "addresses of the server",
			env:  map[string]string{"AIGC_PUBLIC_URL": "https://example.com/?a=hunter2", "AIGC_MCP_PUBLIC_URL": "example.com/mcp"},
			want: []string{"AIGC_PUBLIC_URL: has a query", "AIGC_MCP_PUBLIC_URL: is not an http(s) address"}, hidden: []string{"hunter2"},
		},
		{name: "an address of probes without a port", env: map[string]string{"AIGC_METRICS_ADDR": "nowhere"}, want: []string{"AIGC_METRICS_ADDR: is not host:port"}},
		{name: "one address for both", env: map[string]string{"AIGC_ADDR": "127.0.0.1:9", "AIGC_MCP_ADDR": "127.0.0.1:9"}, want: []string{"are the same address"}},
		{name: "a database of another kind", env: map[string]string{"DATABASE_URL": "mysql://u:hunter2@db/x"}, want: []string{"DATABASE_URL: must begin with postgres:// or postgresql://"}, hidden: []string{"hunter2"}},
		{name: "a database without a host", env: map[string]string{"DATABASE_URL": "postgres:///x"}, want: []string{"DATABASE_URL: names no host"}},
		{name: "a database with a raw password", env: map[string]string{"DATABASE_URL": "postgres://u:hunter2%zz@db/x"}, want: []string{"DATABASE_URL: ", "percent-encoded"}, hidden: []string{"hunter2"}},
		{
			name: "object store, all at once",
			env:  map[string]string{"MINIO_ENDPOINT": "minio:9000/images", "MINIO_SECURE": "perhaps", "MINIO_SECRET_KEY": "hunter2 hunter2", "MINIO_BUCKET": "Images", "MINIO_REGION": "us east"},
			want: []string{
				"6 fault(s)", "MINIO_ENDPOINT: is not host:port or http(s)://host:port", "MINIO_SECURE: is not true or false", "MINIO_ACCESS_KEY: is needed with MINIO_ENDPOINT",
				"MINIO_SECRET_KEY: has white space", "MINIO_BUCKET: must be 3 to 63", "MINIO_REGION: is not the name of a region",
			},
			hidden: []string{"hunter2", "perhaps"},
		},
		{name: "object store's key in quotes", env: map[string]string{"MINIO_ENDPOINT": "minio:9000", "MINIO_ACCESS_KEY": "k", "MINIO_SECRET_KEY": `"hunter2"`}, want: []string{"MINIO_SECRET_KEY: is in quotes"}, hidden: []string{"hunter2"}},
		{name: "object store with and without TLS", env: map[string]string{"MINIO_ENDPOINT": "https://s3.example", "MINIO_SECURE": "false", "MINIO_ACCESS_KEY": "k", "MINIO_SECRET_KEY": "s"}, want: []string{"MINIO_ENDPOINT: and MINIO_SECURE contradict each other"}},
		{name: "object store without and with TLS", env: map[string]string{"MINIO_ENDPOINT": "http://s3.example", "MINIO_SECURE": "true", "MINIO_ACCESS_KEY": "k", "MINIO_SECRET_KEY": "s"}, want: []string{"MINIO_ENDPOINT: and MINIO_SECURE contradict each other"}},
		{name: "object store with a key in its address", env: map[string]string{"MINIO_ENDPOINT": "http://k:hunter2@minio:9000", "MINIO_ACCESS_KEY": "k", "MINIO_SECRET_KEY": "s"}, want: []string{"MINIO_ENDPOINT: is not"}, hidden: []string{"hunter2"}},
		{name: "object store by another scheme", env: map[string]string{"MINIO_ENDPOINT": "s3://bucket", "MINIO_ACCESS_KEY": "k", "MINIO_SECRET_KEY": "s"}, want: []string{"MINIO_ENDPOINT: is not"}},
		{
			name:   "addresses",
			env:    map[string]string{"REDIS_URL": "hunter2:6379", "ACME_BASE_URL": "acme.example/v1", "AIGC_URL": "ftp://x", "AIGC_SANDBOX_URL": "http://"},
			want:   []string{"4 fault(s)", "REDIS_URL: is not redis://", "ACME_BASE_URL: is not an http(s) address", "AIGC_URL: is not an http(s) address", "AIGC_SANDBOX_URL: is not an http(s) address"},
			hidden: []string{"hunter2"},
		},
		{name: "a Redis database that is not a number", env: map[string]string{"REDIS_URL": "redis://r:6379/x"}, want: []string{"REDIS_URL: is not redis://"}},
		{name: "secret file empty", env: map[string]string{"ACME_API_KEY": "file:/dev/null"}, want: []string{"ACME_API_KEY: the file of the secret is empty"}},
		{name: "keys without a name", env: map[string]string{"AIGC_API_KEYS": "0123456789"}, want: []string{"AIGC_API_KEYS: key 1 is not name:key"}, hidden: []string{"0123456789"}},
		{name: "keys in quotes", env: map[string]string{"AIGC_API_KEYS": `"a:hunter2hunter2"`}, want: []string{"AIGC_API_KEYS: begins with a quotation mark"}, hidden: []string{"hunter2"}},
		{name: "a key in quotes", env: map[string]string{"AIGC_API_KEYS": `a:"hunter2hunter2"`}, want: []string{"AIGC_API_KEYS: key 1 contains a quotation mark"}, hidden: []string{"hunter2"}},
		{name: "a key with white space", env: map[string]string{"AIGC_API_KEYS": "a:hunter2 hunter2"}, want: []string{"AIGC_API_KEYS: key 1 contains white space"}, hidden: []string{"hunter2"}},
		{name: "one key for two names", env: map[string]string{"AIGC_API_KEYS": "a:hunter2hunter2,b:hunter2hunter2:admin"}, want: []string{"AIGC_API_KEYS: key 2 is the key of an earlier name"}, hidden: []string{"hunter2"}},
		{name: "the command line's key with white space", env: map[string]string{"AIGC_API_KEY": "Bearer hunter2"}, want: []string{"AIGC_API_KEY: contains white space"}, hidden: []string{"hunter2"}},
		{name: "base addresses", env: map[string]string{"ACME_BASE_URL": "http://acme.example/v1?key=hunter2", "AIGC_PUBLIC_URL": "https://a.example/ "}, want: []string{"ACME_BASE_URL: has a query", "AIGC_PUBLIC_URL: contains white space"}, hidden: []string{"hunter2"}},
		{name: "keys too short", env: map[string]string{"AIGC_API_KEYS": "a:12345678,b:1234567"}, want: []string{"AIGC_API_KEYS: key 2 is not name:key"}, hidden: []string{"1234567"}},
		{name: "keys twice", env: map[string]string{"AIGC_API_KEYS": "a:12345678,a:87654321"}, want: []string{"key 2 has the name of an earlier one"}},
		{name: "key named local", env: map[string]string{"AIGC_API_KEYS": "local:12345678"}, want: []string{"the name local is reserved for callers without a key"}},
		{name: "secret file missing", env: map[string]string{"ACME_API_KEY": "file:/nowhere/key"}, want: []string{"ACME_API_KEY: the file of the secret cannot be read"}},
		{name: ".env with a space in a name", dotenv: "AIGC_ADDR=127.0.0.1:0\nACME API_KEY=sk-hunter2\nX=1\n", want: []string{".env: line 2 is not NAME=value"}, hidden: []string{"hunter2"}},
		{name: ".env with a dash in a name", dotenv: "A=1\n\n# B-C\nB-C=sk-hunter2\n", want: []string{".env: line 4 is not NAME=value"}, hidden: []string{"hunter2"}},
		{name: ".env with a line without a value", dotenv: "A=1\nhunter2\nB=1\n", want: []string{".env: line"}, hidden: []string{"hunter2"}},
		{name: ".env with an open quotation", dotenv: "A=1\nB=\"sk-hunter2\nC=2\n", want: []string{".env: line 2 is not NAME=value"}, hidden: []string{"hunter2"}},
		{name: ".env that is not UTF-8", dotenv: "A=1\nACME_API_KEY=hunter2\xe9\n", want: []string{".env: line 2 is not UTF-8 text"}, hidden: []string{"hunter2"}},
		{name: ".env in UTF-16", dotenv: "\xff\xfeA\x00=\x001\x00\n\x00", want: []string{".env: line 1 is not UTF-8 text"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := loadWith(t, tt.env, tt.dotenv)
			if err == nil {
				t.Fatal("no fault was found")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in:\n%v", want, err)
				}
			}
			for _, hidden := range tt.hidden {
				if strings.Contains(err.Error(), hidden) {
					t.Errorf("the value %q is in:\n%v", hidden, err)
				}
			}
		})
	}
}

func TestOldNames(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		get  func(*Settings) string
		want string
		warn string // empty: no warning
	}{
		{"port", map[string]string{"SERVER_PORT": "8000"}, func(l *Settings) string { return l.Addr }, "127.0.0.1:8000", "SERVER_PORT is an old name; use AIGC_ADDR."},
		{"host and port", map[string]string{"SERVER_HOST": "0.0.0.0", "APP_PORT": "8000"}, func(l *Settings) string { return l.Addr }, "0.0.0.0:8000", "SERVER_HOST and APP_PORT are old names; use AIGC_ADDR."},
		{"MCP", map[string]string{"MCP_PORT": "8001"}, func(l *Settings) string { return l.MCPAddr }, "127.0.0.1:8001", "MCP_PORT is an old name; use AIGC_MCP_ADDR."},
		{"public address", map[string]string{"SERVER_BASE_URL": "https://a.example"}, func(l *Settings) string { return l.PublicURL }, "https://a.example", "SERVER_BASE_URL is an old name; use AIGC_PUBLIC_URL."},
		{"level", map[string]string{"LOG_LEVEL": "WARNING"}, func(l *Settings) string { return l.LogLevel }, "warn", "LOG_LEVEL is an old name; use AIGC_LOG_LEVEL."},
		{"level of the same name", map[string]string{"LOG_LEVEL": "Debug"}, func(l *Settings) string { return l.LogLevel }, "debug", "LOG_LEVEL is an old name; use AIGC_LOG_LEVEL."},
		{"redis", map[string]string{"REDIS_HOST": "r", "REDIS_PASSWORD": "p:w", "REDIS_DB": "2"}, func(l *Settings) string { return l.RedisURL.Reveal() }, "redis://:p%3Aw@r:6379/2", "REDIS_HOST is an old name; use REDIS_URL."},
		{"bucket", map[string]string{"VEO3_STORAGE_BUCKET": "videos"}, func(*Settings) string { return os.Getenv("VEO_STORAGE_URI") }, "gs://videos", "VEO3_STORAGE_BUCKET is an old name; use VEO_STORAGE_URI."},
		{"Redis on another port", map[string]string{"REDIS_HOST": "r", "REDIS_PORT": "1"}, func(l *Settings) string { return l.RedisURL.Reveal() }, "redis://r:1/", "REDIS_HOST is an old name; use REDIS_URL."},
		{"too common a name", map[string]string{"HOST": "0.0.0.0", "PORT": "80"}, func(l *Settings) string { return l.Addr }, "127.0.0.1:5512", ""},
		{"a current name has precedence", map[string]string{"SERVER_PORT": "8000", "AIGC_ADDR": "127.0.0.1:1"}, func(l *Settings) string { return l.Addr }, "127.0.0.1:1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := mustLoad(t, tt.env, "")
			if got := tt.get(l); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := strings.Join(l.Warnings, "\n"); got != tt.warn {
				t.Errorf("warnings %q, want %q", got, tt.warn)
			}
		})
	}
}

// TestDotenvValues checks that a value is what the file says: "$" starts no variable.
func TestDotenvValues(t *testing.T) {
	for name, c := range map[string]struct{ dotenv, want string }{
		"plain":                    {"ACME_API_KEY=sk-abc\n", "sk-abc"},
		"dollar and letters":       {"ABC=1\nACME_API_KEY=sk$ABC$def\n", "sk$ABC$def"},
		"dollar and a digit":       {"ACME_API_KEY=sk$1abc\n", "sk$1abc"},
		"two dollars":              {"ACME_API_KEY=sk$$Abc\n", "sk$$Abc"},
		"dollar and braces":        {"ACME_API_KEY=sk${HOME}x$(id)\n", "sk${HOME}x$(id)"},
		"dollar at the end":        {"ACME_API_KEY=sk-abc$\n", "sk-abc$"},
		"dollar in double quotes":  {"ACME_API_KEY=\"sk$ABC\"\n", "sk$ABC"},
		"dollar with a backslash":  {"ACME_API_KEY=\"sk\\$ABC\"\n", "sk$ABC"},
		"dollar in single quotes":  {"ACME_API_KEY='sk$ABC'\n", "sk$ABC"},
		"number sign":              {"ACME_API_KEY=sk#abc # a comment\n", "sk#abc"},
		"byte order mark":          {"\xef\xbb\xbfACME_API_KEY=sk-abc\n", "sk-abc"},
		"line ends of Windows":     {"A=1\r\nACME_API_KEY=sk-abc\r\n", "sk-abc"},
		"export, without line end": {"export ACME_API_KEY=sk-abc", "sk-abc"},
	} {
		t.Run(name, func(t *testing.T) {
			l := mustLoad(t, nil, c.dotenv)
			accounts := l.Accounts.ForVendor("acme")
			if len(accounts) != 1 || accounts[0].Secret.Reveal() != c.want {
				t.Errorf("keys %+v, want one %q", accounts, c.want)
			}
		})
	}
}

func TestWarnsOfShortKeys(t *testing.T) {
	l := mustLoad(t, map[string]string{"AIGC_API_KEYS": "ann:0123456789,bob:0123456789abcdef"}, "")
	if len(l.Warnings) != 1 || !strings.Contains(l.Warnings[0], "key of ann has") || strings.Contains(l.Warnings[0], "0123456789") {
		t.Errorf("warnings %q", l.Warnings)
	}
}

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "file:" + p
	}
	env := map[string]string{
		"ACME_API_KEY": "plain-one," + write("two", "\ufefftwo-a, two-b\u200b\r\n"), "ACME_BASE_URL": "http://127.0.0.1:1/v1/",
		"AIGC_API_KEYS": write("callers", "ann:12345678, bob:abcdefgh:admin\n"),
		"REDIS_URL":     write("redis", "redis://:pw@r:6379/0\n"),
	}
	l := mustLoad(t, env, "")
	var keys []string
	for _, a := range l.Accounts.ForVendor("acme") {
		keys = append(keys, a.Secret.Reveal())
		if a.BaseURL != "http://127.0.0.1:1/v1" || a.Fingerprint != provider.Fingerprint(a.Secret) {
			t.Errorf("account %+v", a)
		}
	}
	if want := []string{"plain-one", "two-a", "two-b"}; !slices.Equal(keys, want) {
		t.Errorf("vendor keys %q, want %q", keys, want)
	}
	if len(l.APIKeys) != 2 || l.APIKeys[0].Name != "ann" || l.APIKeys[0].Admin || l.APIKeys[1].Key.Reveal() != "abcdefgh" || !l.APIKeys[1].Admin {
		t.Errorf("callers' keys %+v", l.APIKeys)
	}
	if l.RedisURL.Reveal() != "redis://:pw@r:6379/0" {
		t.Errorf("REDIS_URL %q", l.RedisURL.Reveal())
	}
}

func TestTypos(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want []string
	}{
		{"an AIGC_ name", map[string]string{"AIGC_BANANA": "1"}, []string{"AIGC_BANANA is set, but there is no such setting."}},
		{"an AIGC_ name with a typo", map[string]string{"AIGC_ADRR": "127.0.0.1:1"}, []string{"AIGC_ADRR is set, but there is no such setting; did you mean AIGC_ADDR?"}},
		{"a vendor's key", map[string]string{"ACME_APIKEY": "sk"}, []string{"ACME_APIKEY is set, but there is no such setting; did you mean ACME_API_KEY?"}},
		{"a vendor's key, shortened", map[string]string{"ACME_KEY": "sk"}, []string{"ACME_KEY is set, but there is no such setting; did you mean ACME_API_KEY?"}},
		{"a vendor's name, in two", map[string]string{"AC_ME_API_KEY": "sk"}, []string{"AC_ME_API_KEY is set, but there is no such setting; did you mean ACME_API_KEY?"}},
		{"without a prefix", map[string]string{"API_KEY": "sk", "BASE_URL": "x", "MAX_RUNNING": "7", "ADDR": "0.0.0.0:1"}, nil},
		{"a misspelt name beside the right one", map[string]string{"ACME_API_KEY": "sk", "ACME_API_KEYS": "sk"}, nil},
		{"other programs' variables", map[string]string{"ACME_ORGANISATION": "x", "PATH": "/bin", "AWS_KEY": "x"}, nil},
		{"variables of tests", map[string]string{"AIGC_KILL_AT": "accepted", "AIGC_TEST_REQUIRE": "all"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if l := mustLoad(t, tt.env, ""); !slices.Equal(l.Warnings, tt.want) {
				t.Errorf("got %q, want %q", l.Warnings, tt.want)
			}
		})
	}
}

func TestSources(t *testing.T) {
	l := mustLoad(t, map[string]string{
		"AIGC_SYNC_WAIT": "5s", "AIGC_LOG_FILE": "", "ACME_API_KEY": "sk-hunter2", "REDIS_HOST": "r", "TOY_MODEL": "toy-2", "AIGC_SANDBOX_URL": "http://u:pw@127.0.0.1:1",
	}, "AIGC_SYNC_WAIT=7s\nACME_PER_MINUTE=9\n")
	tests := []struct{ name, value, source string }{
		{"AIGC_SYNC_WAIT", "5s", "environment"},
		{"ACME_PER_MINUTE", "9", ".env"},
		{"ACME_MAX_RUNNING", "4", "default"},
		{"ACME_POLL_EVERY", "0s", "default"},
		{"AIGC_LOG_FILE", "", "default"},
		{"ACME_API_KEY", "•••", "environment"},
		{"REDIS_URL", "•••", "REDIS_HOST"},
		{"TOY_MODEL", "toy-2", "environment"},
		{"ODD_SECRET", "", "default"},
		{"AIGC_SANDBOX_URL", "http://u:xxxxx@127.0.0.1:1", "environment"},
	}
	for _, tt := range tests {
		s, ok := l.Setting(tt.name)
		if !ok || s.Value != tt.value || s.Source != tt.source || s.Doc == "" {
			t.Errorf("%s: %+v, want value %q from %q", tt.name, s, tt.value, tt.source)
		}
	}
	if l.SyncWait != 5*time.Second || l.Accounts.Limits("acme") != (provider.Limits{Running: 4, PerMinute: 9}) || l.Routes.Models["toy"] != "toy-2" {
		t.Errorf("read: %s, %+v, %v", l.SyncWait, l.Accounts.Limits("acme"), l.Routes)
	}
	seen := map[string]int{}
	for _, s := range l.List {
		seen[s.Name]++
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		if seen[name] > 1 {
			t.Errorf("%s is listed %d times", name, seen[name])
		}
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"127.0.0.1:1": true, "localhost:1": true, "[::1]:1": true, "127.9.9.9:0": true,
		"0.0.0.0:1": false, ":5512": false, "[::]:1": false, "10.0.0.1:1": false, "example.com:1": false, "nonsense": false,
	}
	for addr, want := range tests {
		if got := IsLoopback(addr); got != want {
			t.Errorf("IsLoopback(%q) = %v, want %v", addr, got, want)
		}
	}
}
