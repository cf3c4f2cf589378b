package deploytest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const repository = "../.." // its root folder

// folder is removed after the tests.
var folder string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "aigc-deploy-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		if folder, err = filepath.EvalSymlinks(dir); err != nil {
			panic(err)
		}
		return m.Run()
	}())
}

// version is what the tests build into the image.
const version = "1.2.3-test"

// binary returns the program that the Dockerfile's build stage makes, by its own commands.
func binary(t *testing.T) string {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "aigc")
}

var build = sync.OnceValue(func() error {
	stages, err := readDockerfile(filepath.Join(repository, "Dockerfile"))
	if err != nil {
		return err
	}
	return stages[0].run(repository, folder)
})

// setting is one variable as `aigc config --json` lists it.
type setting struct {
	Name, Value, Source string
	Secret              bool
}

// settings runs `aigc config` with variables and fails the test if it refuses a value or
// warns of one.
func settings(t *testing.T, variables map[string]string) map[string]setting {
	t.Helper()
	cmd := exec.Command(binary(t), "config", "--json")
	cmd.Dir = t.TempDir() // without a .env
	cmd.Env = []string{"HOME=" + cmd.Dir}
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("aigc config: %v\n%s%s", err, out, complaints.String())
	}
	var list []setting
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatal(err)
	}
	known := map[string]setting{}
	for _, s := range list {
		known[s.Name] = s
	}
	return known
}

// stopMargin is what a container has after AIGC_SHUTDOWN_GRACE to record which submissions
// had no answer, before it is killed.
const stopMargin = 20 * time.Second

// longestStop is the default of AIGC_SHUTDOWN_GRACE with every vendor: without any vendor's key
// it is that of all.
func longestStop(t *testing.T) time.Duration {
	t.Helper()
	grace, err := time.ParseDuration(settings(t, nil)["AIGC_SHUTDOWN_GRACE"].Value)
	if err != nil {
		t.Fatal(err)
	}
	return grace
}

// checkKnown fails the test for a variable that is no setting of aigc.
func checkKnown(t *testing.T, where string, all map[string]setting, variables map[string]string) {
	t.Helper()
	for name := range variables {
		if _, ok := all[name]; !ok {
			t.Errorf("%s sets %s, which is no setting of aigc", where, name)
		}
	}
}
