package cli

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aigc/app/ledger"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/config"
)

// ledgerKeys are the keys in the ledger of a data folder.
func ledgerKeys(t *testing.T, dir string) []task.APIKey {
	t.Helper()
	db, err := ledger.OpenSQLite(t.Context(), ledgerFile(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keys, err := db.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestKeys(t *testing.T) {
	t.Parallel()
	l := settings(t)
	command(t, l, "keys", "list").want(t, 0, "There are no keys")
	command(t, l, "keys", "revoke", "ann").want(t, 1, "there are no keys in "+l.DataDir)
	if _, err := os.Stat(ledgerFile(l.DataDir)); !os.IsNotExist(err) {
		t.Errorf("revoking a key created the ledger: %v", err)
	}

	r := command(t, l, "keys", "add", "ann")
	r.want(t, 0, "shown only once", "from now on every caller needs a key")
	key := strings.TrimSpace(r.out)
	stored := ledgerKeys(t, l.DataDir)
	if len(stored) != 1 || stored[0].Hash != service.HashKey(key) || stored[0].Admin {
		t.Fatalf("stored %+v; the printed key is %q", stored, key)
	}
	command(t, l, "keys", "add", "ann").want(t, 1, "There is a key of this name")
	r = command(t, l, "keys", "add", "--admin", "root")
	r.want(t, 0)
	if strings.Contains(r.err, "every caller") {
		t.Errorf("printed for the second key: %s", r.err)
	}
	l.APIKeys = config.Keys{{Name: "env", Key: "12345678"}}
	list := command(t, l, "keys", "list")
	list.want(t, 0, "ann", "own tasks", "root", "admin", "env", "AIGC_API_KEYS")
	for _, secret := range []string{key, stored[0].Hash, "12345678"} {
		if strings.Contains(list.out, secret) {
			t.Errorf("%q is printed", secret)
		}
	}
	var rows []service.KeyView
	if err := json.Unmarshal([]byte(command(t, l, "keys", "list", "--json").out), &rows); err != nil || len(rows) != 3 {
		t.Errorf("JSON: %+v, %v", rows, err)
	}
	command(t, l, "keys", "add", "env").want(t, 1, "There is a key of this name in AIGC_API_KEYS")
	command(t, l, "keys", "revoke", "env").want(t, 1, "comes from AIGC_API_KEYS")
	command(t, l, "keys", "revoke", "unknown").want(t, 1, "no API key of this name")
	command(t, l, "keys", "revoke", "ann").want(t, 0, "revoked")
	l.APIKeys = nil
	command(t, l, "keys", "revoke", "root").want(t, 0, "it was the last key")
	for _, name := range []string{"local", "", "a b", "a:b", "a,b", strings.Repeat("x", 65)} {
		command(t, l, "keys", "add", name).want(t, 2)
	}
}

// A key can be added while a server uses the data folder and the ledger.
func TestKeysBesideAServer(t *testing.T) {
	t.Parallel()
	l := settings(t)
	db, err := ledger.OpenSQLite(t.Context(), ledgerFile(l.DataDir))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	command(t, l, "keys", "add", "ann").want(t, 0)
	keys, err := db.Keys(t.Context())
	if err != nil || len(keys) != 1 {
		t.Errorf("the server sees %+v, %v", keys, err)
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	l := settings(t)
	l.DataDir = filepath.Join(l.DataDir, "new", "folder")
	first := command(t, l, "migrate")
	first.want(t, 0, "was 0")
	command(t, l, "migrate").want(t, 0, strings.TrimSuffix(first.out, "was 0\n")+"was ")
}

func TestConfig(t *testing.T) {
	t.Parallel()
	l := settings(t)
	l.List = []config.Setting{
		{Name: "AIGC_ADDR", Value: "127.0.0.1:1", Default: "127.0.0.1:5512", Source: ".env", Doc: "address"},
		{Name: "ACME_API_KEY", Value: "•••", Source: "environment", Doc: "key", Secret: true},
		{Name: "TOY_MODEL", Source: "default", Doc: "model"},
	}
	command(t, l, "config").want(t, 0, "AIGC_ADDR", "127.0.0.1:1", ".env", "ACME_API_KEY", "•••", "TOY_MODEL", "model")
	if r := command(t, l, "config", "--set"); strings.Contains(r.out, "TOY_MODEL") {
		t.Errorf("a variable that is not set is listed: %s", r.out)
	}
	var got []config.Setting
	if err := json.Unmarshal([]byte(command(t, l, "config", "--json").out), &got); err != nil || len(got) != 3 || got[0] != l.List[0] {
		t.Errorf("JSON: %+v, %v", got, err)
	}
}

func TestModels(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		set  func(*config.Settings)
		want string
	}{
		{"the sandbox", func(*config.Settings) {}, "sandbox"},
		{"a key", func(l *config.Settings) { withKey(l, "https://acme.invalid", "sk") }, "ready"},
		{"a key, and the sandbox on", func(l *config.Settings) { withKey(l, "https://acme.invalid", "sk"); l.Sandbox = "on" }, "sandbox"},
		{"no key, and the sandbox off", func(l *config.Settings) { l.Sandbox = "off" }, "set ACME_API_KEY"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := settings(t)
			tt.set(l)
			r := command(t, l, "models")
			r.want(t, 0, "toy.draw", "toy-1 *", "0.04–0.2 USD/image", tt.want)
			if strings.Contains(r.out, "toy-0") {
				t.Errorf("a retired model is offered: %s", r.out)
			}
			var list []service.Model
			if err := json.Unmarshal([]byte(command(t, l, "models", "toy", "--json").out), &list); err != nil || len(list) != 4 || !list[0].Default || len(list[0].Schema) == 0 {
				t.Errorf("JSON: %+v, %v", list, err)
			}
			command(t, l, "models", "banana").want(t, 2, `there is no module "banana"`)
		})
	}
}

func withKey(l *config.Settings, base, key string) {
	l.Accounts.Add(provider.Vendor{Name: "acme"}, provider.Limits{}, provider.Account{BaseURL: base, Secret: provider.Secret(key), Variable: "ACME_API_KEY"})
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Authorization") {
		case "sk-good":
		case "sk-poor":
			w.WriteHeader(http.StatusPaymentRequired)
		case "sk-busy":
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(vendor.Close)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	tests := []struct {
		name string
		set  func(*testing.T, *config.Settings)
		code int
		want []string
	}{
		{"nothing set", func(*testing.T, *config.Settings) {}, 0, []string{"can be written", "it does not exist yet", "in the process", "the offline sandbox is used", "no server uses"}},
		{"a folder that does not exist", func(_ *testing.T, l *config.Settings) { l.DataDir += "/a/b" }, 0, []string{"does not exist yet"}},
		{"a folder that is a file", func(t *testing.T, l *config.Settings) {
			l.DataDir += "/file"
			if err := os.WriteFile(l.DataDir, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, 1, []string{"✗ folder", "set AIGC_DATA_DIR", "must be fixed"}},
		{"a good key", func(_ *testing.T, l *config.Settings) { withKey(l, vendor.URL, "sk-good") }, 0, []string{"Acme (ACME_API_KEY, key " + provider.Fingerprint("sk-good") + ") works", "serves 2 models, 1 of ours: toy-1"}},
		{"a busy key", func(_ *testing.T, l *config.Settings) { withKey(l, vendor.URL, "sk-busy") }, 0, []string{"is rate limited right now"}},
		{"a bad key beside a good one", func(_ *testing.T, l *config.Settings) {
			withKey(l, vendor.URL, "sk-good")
			withKey(l, vendor.URL, "sk-bad")
		}, 1, []string{"works", "is refused: No.", "correct ACME_API_KEY"}},
		{"a list of models that is refused", func(_ *testing.T, l *config.Settings) { withKey(l, vendor.URL, "sk-busy") }, 0, []string{"! models", "did not list its models: No."}},
		{"a key that lists its models", func(_ *testing.T, l *config.Settings) {
			l.Accounts.Add(acme, provider.Limits{}, provider.Account{BaseURL: vendor.URL, Secret: "sk-good", Variable: "ACME_API_KEY", Models: []string{"toy-1", "toy-one"}})
		}, 0, []string{"! models", "serves by its settings: toy-1, toy-one", "not in the model table: toy-one"}},
		{"no balance", func(_ *testing.T, l *config.Settings) { withKey(l, vendor.URL, "sk-poor") }, 1, []string{"has no balance", "top up the account"}},
		{"a vendor that cannot be reached", func(_ *testing.T, l *config.Settings) { withKey(l, "http://127.0.0.1:1", "sk-good") }, 1, []string{"could not be checked", "HTTPS_PROXY"}},
		{"no key and no sandbox", func(_ *testing.T, l *config.Settings) { l.Sandbox = "off" }, 1, []string{"no vendor has a key, and the sandbox is off"}},
		{"a port that is taken", func(_ *testing.T, l *config.Settings) { l.Addr = taken.Addr().String() }, 1, []string{"✗ ports", "address already in use", "set AIGC_ADDR"}},
		{"no Redis", func(_ *testing.T, l *config.Settings) { l.RedisURL = "redis://:hunter2@127.0.0.1:1/0" }, 1, []string{"Redis cannot be used", "unset REDIS_URL"}},
		{"bad REDIS_URL", func(_ *testing.T, l *config.Settings) { l.RedisURL = "hunter2" }, 1, []string{"correct REDIS_URL"}},
		{"a warning of the settings", func(_ *testing.T, l *config.Settings) { l.Warnings = []string{"AIGC_BANANA is set"} }, 0, []string{"! settings", "AIGC_BANANA is set"}},
		{"an address that is not loopback", func(_ *testing.T, l *config.Settings) { l.Addr = "0.0.0.0:0" }, 1, []string{"set AIGC_PUBLIC_URL", "the sandbox does not start automatically"}},
		{"an address that is not loopback, sandbox on", func(_ *testing.T, l *config.Settings) { l.Addr, l.Sandbox = "0.0.0.0:0", "on" }, 0, []string{"AIGC_SANDBOX=on: the offline sandbox is used"}},
		{"a sandbox URL", func(_ *testing.T, l *config.Settings) { l.SandboxURL = vendor.URL }, 0, []string{"it answers at " + vendor.URL}},
		{"a sandbox that does not answer", func(_ *testing.T, l *config.Settings) { l.SandboxURL = "http://127.0.0.1:1" }, 1, []string{"✗ vendors", "start it with `aigc sandbox`"}},
		{"a log that can be written", func(_ *testing.T, l *config.Settings) { l.LogFile = l.DataDir + "/logs/a.log" }, 0, []string{"a.log can be written"}},
		{"a log that cannot be written", func(_ *testing.T, l *config.Settings) { l.LogFile = "/dev/null/a.log" }, 1, []string{"✗ log", "set AIGC_LOG_FILE"}},
		{"a task in doubt", func(t *testing.T, l *config.Settings) { addInDoubt(t, l) }, 0, []string{"1 task(s) are in doubt", "aigc tasks list --status in_doubt"}},
		{"tasks without a server", func(t *testing.T, l *config.Settings) {
			addOpen(t, l, &task.Task{ID: taskID, State: task.Queued, Account: task.Account{Vendor: "acme"}})
		}, 0, []string{"no process works on 1 open task(s): no server is running: " + taskID, "start `aigc all`"}},
		{"a server that does not answer", func(_ *testing.T, l *config.Settings) { l.URL = "http://127.0.0.1:1" }, 1, []string{"✗ AIGC_URL"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := settings(t)
			tt.set(t, l)
			r := command(t, l, "doctor")
			r.want(t, tt.code, tt.want...)
			for _, secret := range []string{"sk-good", "sk-bad", "sk-poor", "hunter2"} {
				if strings.Contains(r.out+r.err, secret) {
					t.Errorf("the secret %q is printed:\n%s", secret, r.out)
				}
			}
			var found []finding
			if err := json.Unmarshal([]byte(command(t, l, "doctor", "--json").out), &found); err != nil || len(found) == 0 {
				t.Errorf("JSON: %v %v", found, err)
			}
		})
	}
}

// addInDoubt adds a task in doubt to the ledger.
func addInDoubt(t *testing.T, l *config.Settings) {
	t.Helper()
	db, err := ledger.OpenSQLite(t.Context(), ledgerFile(l.DataDir))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	row := &task.Task{ID: taskID, Kind: "toy.draw", Module: "toy", Operation: "draw", State: task.Queued, Input: []byte(`{}`), Charged: "no", Owner: service.Local}
	if _, _, err := db.Accept(t.Context(), task.AcceptRequest{Tasks: []*task.Task{row}}); err != nil {
		t.Fatal(err)
	}
	claimed, err := db.Claim(t.Context(), task.ClaimRequest{ID: taskID, Owner: "o", SubmitID: "s", Lease: 1, Accounts: []task.AccountLimit{{Account: task.Account{Vendor: "acme"}}}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Apply(t.Context(), task.Transition{ID: taskID, SubmitID: claimed.SubmitID, From: []task.State{task.Submitting}, To: task.InDoubt, Cause: task.OutcomeUnknown})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWrongSettings(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"doctor"}, {"config"}, {"all"}, {"generate", "toy", "x"}} {
		var out lockedBuffer
		c := &cli{Streams: Streams{strings.NewReader(""), &out, &out}, modules: []module.Module{toy}, imitations: imitated}
		c.load = func(*module.Registry) (*config.Settings, error) {
			return nil, errors.New("the settings have 1 fault(s):\n  AIGC_ADDR: is not host:port")
		}
		if code := c.run(t.Context(), args); code != 1 || !strings.Contains(out.String(), "AIGC_ADDR: is not host:port") {
			t.Errorf("%q: code %d, output %q", args, code, out.String())
		}
	}
}

func TestStartFailures(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	tests := []struct {
		want string
		set  func(*config.Settings)
	}{
		{"AIGC_ADDR: listen tcp", func(l *config.Settings) { l.Addr = taken.Addr().String() }},
		{"AIGC_MCP_ADDR: listen tcp", func(l *config.Settings) { l.MCPAddr = taken.Addr().String() }},
		{"AIGC_LOG_FILE: ", func(l *config.Settings) { l.LogFile = "/dev/null/a.log" }},
		{"AIGC_DATA_DIR: ", func(l *config.Settings) { l.DataDir = "/dev/null/data" }},
	}
	for _, tt := range tests {
		l := settings(t)
		tt.set(l)
		command(t, l, "all").want(t, 1, tt.want)
	}
}

func TestSeparateRolesNeedSharedStores(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"serve-api"}, {"serve-mcp"}, {"worker"}} {
		command(t, settings(t), args...).want(t, 1, "aigc: "+args[0]+" alone needs stores", "DATABASE_URL (ledger)", "REDIS_URL (broker)", "MINIO_ENDPOINT (objects)", "use `aigc all`")
	}
	command(t, settings(t), "serve-mcp").want(t, 1, "or for an agent on this machine `aigc serve-mcp --stdio`")
	for _, role := range []string{"serve-api", "serve-mcp"} {
		l := settings(t)
		l.DatabaseURL, l.RedisURL, l.MinioEndpoint = "postgres://127.0.0.1:1/aigc", "redis://127.0.0.1:1", "127.0.0.1:1"
		command(t, l, role).want(t, 1, "aigc: "+role+" alone needs AIGC_PUBLIC_URL")
	}
}

func TestSandboxOutput(t *testing.T) {
	t.Parallel()
	l := settings(t)
	ctx, cancel := context.WithCancel(t.Context())
	var out lockedBuffer
	errs := &lockedBuffer{onWrite: cancel} // it writes to stderr once it listens
	c := &cli{Streams: Streams{strings.NewReader(""), &out, errs}, modules: []module.Module{toy}, imitations: imitated}
	c.load = func(*module.Registry) (*config.Settings, error) { return l, nil }
	if code := c.run(ctx, []string{"sandbox"}); code != 0 {
		t.Fatalf("code %d: %s", code, errs.String())
	}
	port, err := os.ReadFile(filepath.Join(l.DataDir, "sandbox", "port"))
	if err != nil {
		t.Fatal(err)
	}
	root := "http://127.0.0.1:" + string(port)
	for _, want := range []string{"AIGC_SANDBOX=on\n", "AIGC_SANDBOX_URL=" + root + "\n", "#   ACME_API_KEY=sandbox\n", "#   ACME_BASE_URL=" + root + "/acme/v1\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in:\n%s", want, out.String())
		}
	}
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"nonsense"}, "unknown command"},
		{[]string{"tasks", "nonsense"}, `there is no command "aigc tasks nonsense"`},
		{[]string{"keys", "nonsense"}, `there is no command "aigc keys nonsense"`},
		{[]string{"keys", "add"}, "expected one NAME, got 0: use aigc keys add NAME"},
		{[]string{"tasks", "show", "a", "b"}, "expected one ID, got 2: use aigc tasks get ID"},
		{[]string{"all", "--banana"}, "unknown flag: --banana"},
		{[]string{"all", "banana"}, "unknown command"},
		{[]string{"version", "banana"}, "unknown command"},
	}
	for _, tt := range tests {
		r := command(t, settings(t), tt.args...)
		r.want(t, 2, tt.want, "Try 'aigc")
		if strings.Contains(r.err, "Usage:") {
			t.Errorf("unexpected output: %s", r.err)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	command(t, settings(t), "version").want(t, 0, "aigc dev (commit ", "go1.")
}

func TestTasksWithoutDataFolder(t *testing.T) {
	t.Parallel()
	l := settings(t)
	l.DataDir = filepath.Join(l.DataDir, "none")
	command(t, l, "tasks", "list").want(t, 1, "there are no tasks in "+l.DataDir)
	if _, err := os.Stat(l.DataDir); !os.IsNotExist(err) {
		t.Errorf("listing tasks created the folder: %v", err)
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	if got := oneLine("a\tb\nc\x1b[31m"); got != "a b c [31m" {
		t.Errorf("got %q", got)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// A command whose output cannot be written fails: a new key would be lost.
func TestOutputThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"keys", "add", "ann"}, {"models"}, {"config"}, {"version"}, {"models", "--json"}} {
		l := settings(t)
		var errs lockedBuffer
		c := &cli{Streams: Streams{strings.NewReader(""), fullDisk{}, &errs}, modules: []module.Module{toy}, imitations: imitated}
		c.load = func(*module.Registry) (*config.Settings, error) { return l, nil }
		if code := c.run(t.Context(), args); code != 1 || !strings.Contains(errs.String(), "no space left on device") {
			t.Errorf("%q: code %d, output %q", args, code, errs.String())
		}
	}
}
