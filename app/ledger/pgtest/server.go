package pgtest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aigc/app/apptest/servers"
)

// Password is that of the server's only user, "aigc".
const Password = "pg-test-password"

// Server is a PostgreSQL server. Its databases are sorted by the rules of a language and
// not by bytes, as on many machines of operators.
type Server struct {
	Addr string // host:port

	settings []string // of the server, name=value
	bin      string   // folder of the programs
	dir      string
	cmd      *exec.Cmd
	log      bytes.Buffer
	next     atomic.Int64

	template sync.Once
	fault    error // of making the template
}

var shared struct {
	sync.Mutex
	server *Server
}

// Main runs the tests of a package and ends the server that they started.
func Main(m *testing.M) {
	code := m.Run()
	End()
	os.Exit(code)
}

// End ends the server that the tests of a package started, if they did.
func End() {
	if s := shared.server; s != nil {
		s.stop()
		if err := os.RemoveAll(s.dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

// Start returns the server of the package's tests, which the first call starts. Without
// PostgreSQL the test is skipped, or fails with AIGC_TEST_REQUIRE=all.
func Start(t testing.TB) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		return shared.server
	}
	if programs() == "" {
		if os.Getenv("AIGC_TEST_REQUIRE") == "all" {
			t.Fatal("PostgreSQL (pg_ctl) is required and not installed")
		}
		t.Skip("PostgreSQL (pg_ctl) is not installed")
	}
	dir, err := os.MkdirTemp("", "aigc-pg-")
	if err != nil {
		t.Fatal(err)
	}
	// Without fsync it survives the kill of its processes, not of the machine.
	shared.server, err = Launch(dir, "fsync=off", "shared_buffers=32MB", "autovacuum_naptime=5s")
	if err != nil {
		t.Fatal(err)
	}
	return shared.server
}

// Launch starts a server on a free port, with its files in an empty directory and settings
// such as "fsync=off". It ends with this process or by [Server.Stop].
func Launch(dir string, settings ...string) (*Server, error) {
	s := &Server{bin: programs(), dir: dir, settings: settings}
	if s.bin == "" {
		return nil, fmt.Errorf("PostgreSQL (pg_ctl): %w", exec.ErrNotFound)
	}
	var err error
	if s.Addr, err = servers.FreeAddress(); err != nil {
		return nil, err
	}
	if err := s.initialize(); err != nil {
		return nil, err
	}
	if err := s.start(); err != nil {
		s.stop()
		return nil, fmt.Errorf("PostgreSQL does not start: %w\n%s", err, s.log.String())
	}
	return s, nil
}

// programs returns the folder of the newest installed server, empty if there is none.
// Debian does not put it into PATH.
func programs() string {
	if path, err := exec.LookPath("pg_ctl"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path)
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_ctl")
	if len(found) > 0 {
		return filepath.Dir(slices.Max(found))
	}
	return ""
}

// command is a program of the server. PostgreSQL refuses to run as root, so that root
// starts it as another user.
func (s *Server) command(program string, args ...string) (*exec.Cmd, error) {
	cmd := exec.CommandContext(context.Background(), filepath.Join(s.bin, program), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	if os.Getuid() != 0 {
		return cmd, nil
	}
	for _, name := range []string{"postgres", "daemon"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ := strconv.Atoi(u.Uid)
			gid, _ := strconv.Atoi(u.Gid)
			runAs(cmd, uid, gid)
			return cmd, os.Chown(s.dir, uid, gid)
		}
	}
	return nil, fmt.Errorf("there is no user postgres or daemon to run PostgreSQL as")
}

// initialize makes the server's files. There is one role, with a password.
func (s *Server) initialize() error {
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(Password), 0o644); err != nil { //nolint:gosec // the server's user reads it
		return err
	}
	cmd, err := s.command("initdb", "--pgdata="+s.data(), "--username=aigc", "--pwfile="+secret, "--auth=scram-sha-256", "--no-sync",
		"--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en")
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) start() error {
	host, port, _ := net.SplitHostPort(s.Addr)
	args := []string{"-D", s.data(), "-p", port, "-c", "listen_addresses=" + host, "-c", "unix_socket_directories=", "-c", "max_connections=300"}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	cmd, err := s.command("postgres", args...)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	s.cmd = cmd
	if err := startWithParent(cmd); err != nil {
		return err
	}
	return s.eventually(func(ctx context.Context) error {
		c, err := pgx.Connect(ctx, s.URL("postgres"))
		if err != nil {
			return err
		}
		return c.Close(ctx)
	})
}

func (s *Server) eventually(f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		err := f(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the server at once, as its immediate shutdown does.
func (s *Server) stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(immediate)
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Stop ends the server at once, without a clean shutdown. All its clients lose their
// connections. Only a test that has the server alone may call it.
func (s *Server) Stop() { s.stop() }

// Restart starts the server again after [Server.Stop], on the same address and files.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatalf("PostgreSQL does not start again: %v\n%s", err, s.log.String())
	}
}

// URL is the DATABASE_URL of a database, with the password.
func (s *Server) URL(database string) string {
	return "postgres://aigc:" + Password + "@" + s.Addr + "/" + database
}

// Database makes an empty database and returns its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	databaseURL, err := s.NewDatabase()
	if err != nil {
		t.Fatal(err)
	}
	return databaseURL
}

// NewDatabase makes an empty database and returns its URL.
func (s *Server) NewDatabase() (string, error) { return s.create("template0") }

// Migrated makes a database with the tables that migrate makes, and returns its URL. The
// first call for a server calls migrate; later databases are copies.
func (s *Server) Migrated(t testing.TB, migrate func(databaseURL string) error) string {
	t.Helper()
	s.template.Do(func() {
		if s.fault = s.run("CREATE DATABASE tables TEMPLATE template0"); s.fault == nil {
			s.fault = migrate(s.URL("tables"))
		}
	})
	if s.fault != nil {
		t.Fatal(s.fault)
	}
	databaseURL, err := s.create("tables")
	if err != nil {
		t.Fatal(err)
	}
	return databaseURL
}

func (s *Server) create(template string) (string, error) {
	name := fmt.Sprintf("test%d", s.next.Add(1))
	return s.URL(name), s.run("CREATE DATABASE " + name + " TEMPLATE " + template)
}

// run runs a statement on the server's own database.
func (s *Server) run(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, statement)
	if closing := c.Close(ctx); err == nil {
		err = closing
	}
	return err
}
