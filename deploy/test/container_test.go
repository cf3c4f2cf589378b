//go:build linux

package deploytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// adminKey is the key of the callers in these tests.
const adminKey = "root-0123456789abcdef"

// The image's program runs with the image's user, variables and command in a file system of
// its own that is read-only but for /data; its health check passes, and so does the smoke test.
func TestContainer(t *testing.T) {
	t.Parallel()
	c := startContainer(t, "AIGC_ADDR=0.0.0.0:0", "AIGC_MCP_ADDR=0.0.0.0:0", "AIGC_METRICS_ADDR=0.0.0.0:0", "AIGC_SANDBOX=on", "AIGC_API_KEYS=root:"+adminKey+":admin")
	url, probes := c.waitReady(t)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil || !strings.Contains(string(status), "\nUid:\t65532\t65532\t65532\t65532\n") || !strings.Contains(string(status), "\nNoNewPrivs:\t1\n") {
		t.Errorf("it does not run as 65532 without new privileges: %v\n%s", err, status)
	}
	mounts, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", c.cmd.Process.Pid))
	if err != nil || !strings.Contains(string(mounts), " / ro,") {
		t.Errorf("its file system is not read-only: %v\n%s", err, mounts)
	}
	smoke := filepath.Join(folder, "smoke")
	compile := exec.Command("go", "build", "-trimpath", "-o", smoke, "./deploy/smoke") // as the image's, which shares its cache
	compile.Dir, compile.Env = repository, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	check := exec.Command(smoke, "-url", url, "-model", "recraftv4_1")
	check.Env = append(os.Environ(), "AIGC_API_KEY="+adminKey)
	out, err := check.CombinedOutput()
	if err != nil || strings.Count(string(out), "ok ") != 4 || !strings.Contains(string(out), "version "+version) {
		t.Errorf("smoke: %v\n%s", err, out)
	}
	refused := exec.Command(smoke, "-url", url)
	refused.Env = append(os.Environ(), "AIGC_API_KEY=wrong")
	if out, err := refused.CombinedOutput(); err == nil || !strings.Contains(string(out), "401") {
		t.Errorf("smoke with a wrong key: %v\n%s", err, out)
	}
	needsImage := exec.Command(smoke, "-url", url, "-model", "tryon-v1.6")
	needsImage.Env = check.Env
	if out, err := needsImage.CombinedOutput(); err == nil || !strings.Contains(string(out), "prompt alone") {
		t.Errorf("smoke with a model that needs images: %v\n%s", err, out)
	}
	checkLabels(t, probes+"/metrics")
}

// container is a process in a root file system as the image has it.
type container struct {
	cmd   *exec.Cmd
	image stage
	env   []string
	data  string // the folder that is /data in it
	ended chan struct{}
	log   string // path of its output
}

func startContainer(t *testing.T, env ...string) *container {
	t.Helper()
	if err := exec.Command("unshare", "--mount", "true").Run(); err != nil || os.Getuid() != 0 {
		if os.Getenv("AIGC_TEST_REQUIRE") == "all" {
			t.Fatalf("root rights and unshare are required: %v", err)
		}
		t.Skip("only root can make a file system for the container")
	}
	image := lastStage(t)
	program, err := os.ReadFile(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	base, err := os.MkdirTemp(folder, "container-")
	if err != nil {
		t.Fatal(err)
	}
	root, data := filepath.Join(base, "root"), filepath.Join(base, "data")
	for _, dir := range []string{data, filepath.Join(root, "data"), filepath.Join(root, "proc"), filepath.Join(root, "tmp")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.WriteFile(filepath.Join(root, "aigc"), program, 0o755), os.Chown(data, 65532, 65532)); err != nil {
		t.Fatal(err)
	}
	c := &container{image: image, env: append(image.environment(), env...), data: data, ended: make(chan struct{}), log: filepath.Join(base, "log")}
	words := append(image.command(t, "ENTRYPOINT"), image.command(t, "CMD")...)
	enter := `mount --bind "$1" "$1" && mount -t proc proc "$1/proc" && mount --bind "$2" "$1/data" && mount -o remount,bind,ro "$1" &&
root=$1 && shift 2 && exec setpriv --no-new-privs chroot --userspec=65532:65532 "$root" "$@"`
	args := append([]string{"--mount", "sh", "-c", enter, "sh", root, data}, words...)
	c.cmd = exec.Command("unshare", args...)
	output, err := os.Create(c.log)
	if err != nil {
		t.Fatal(err)
	}
	c.cmd.Env = append(c.env, "PATH="+os.Getenv("PATH"))
	c.cmd.Stdout, c.cmd.Stderr = output, output
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = output.Close()
	go func() {
		_ = c.cmd.Wait()
		close(c.ended)
	}()
	t.Cleanup(func() {
		_ = c.cmd.Process.Signal(os.Interrupt)
		select {
		case <-c.ended:
		case <-time.After(20 * time.Second):
			t.Error("it does not stop")
			_ = c.cmd.Process.Kill()
			<-c.ended
		}
		if t.Failed() {
			t.Logf("log of the container:\n%s", c.output())
		}
	})
	return c
}

func (c *container) output() string {
	text, _ := os.ReadFile(c.log)
	return string(text)
}

// waitReady waits until the health check of the image passes, and returns the addresses of
// REST and of the probes.
func (c *container) waitReady(t *testing.T) (url, probes string) {
	t.Helper()
	health := c.image.command(t, "HEALTHCHECK")
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		args := append([]string{fmt.Sprintf("--target=%d", c.cmd.Process.Pid), "--mount", "--root", "--setuid=65532", "--setgid=65532", "--"}, health...)
		check := exec.Command("nsenter", args...)
		check.Env = c.env
		out, err := check.CombinedOutput()
		if err == nil {
			break
		}
		select {
		case <-c.ended:
			t.Fatalf("it ended:\n%s", c.output())
		case <-deadline.C:
			t.Fatalf("%v: %v\n%s", health, err, out)
		case <-tick.C:
		}
	}
	var owner struct{ URL, Probes string }
	text, err := os.ReadFile(filepath.Join(c.data, "lock"))
	if err == nil {
		err = json.Unmarshal(text, &owner)
	}
	if err != nil || owner.URL == "" || owner.Probes == "" {
		t.Fatalf("%s: %v", text, err)
	}
	return owner.URL, owner.Probes
}
