package apptest

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"aigc/app/ledger/pgtest"
)

var builds struct {
	sync.Mutex
	dir  string
	path map[string]string
}

// Binary builds aigc with the given build tags, once for all tests of a package,
// and returns its path.
func Binary(t testing.TB, tags string) string {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	if p := builds.path[tags]; p != "" {
		return p
	}
	if builds.dir == "" {
		dir, err := os.MkdirTemp("", "aigc-bin-")
		if err != nil {
			t.Fatal(err)
		}
		builds.dir, builds.path = dir, map[string]string{}
	}
	out := filepath.Join(builds.dir, "aigc-"+tags)
	cmd := exec.Command("go", "build", "-tags", tags, "-o", out, "aigc")
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, msg)
	}
	builds.path[tags] = out
	return out
}

// Main runs the tests of a package, ends the database server that they started, and
// removes the binaries that Binary built. Unless the option -parallel is given,
// twice as many tests as usual run at once, since they wait for processes most of the time.
func Main(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == parallel })
	if !given {
		if err := flag.Set(parallel, strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	pgtest.End()
	if builds.dir != "" {
		if err := os.RemoveAll(builds.dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

const parallel = "test.parallel"

// Need returns the path of a program that a test requires. If it is not installed,
// the test is skipped, or fails with AIGC_TEST_REQUIRE=all.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	if os.Getenv("AIGC_TEST_REQUIRE") == "all" {
		t.Fatalf("%s is required and not installed", program)
	}
	t.Skipf("%s is not installed", program)
	return ""
}
