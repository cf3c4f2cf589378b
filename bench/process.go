package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aigc/app/apptest/servers"
)

// bench is a run of the program.
type bench struct {
	dir  string
	bin  string // aigc
	self string // path of this program, to start it in a role
	n    int
	wrap []string // command with arguments that runs aigc, such as strace; for the next start
}

// process is a child process that listens on url.
type process struct {
	cmd     *exec.Cmd
	url     string
	metrics string // of aigc: base URL of /readyz and /metrics
}

func (p *process) stop() {
	killGroup(p.cmd)
	_ = p.cmd.Wait()
}

// role starts this program in one of its roles, which prints its address first.
func (b *bench) role(args ...string) (*process, error) {
	cmd := exec.Command(b.self, args...)
	cmd.Stderr = os.Stderr
	ownGroup(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(err, cmd.Process.Kill())
	}
	return &process{cmd: cmd, url: strings.TrimSpace(line)}, nil
}

func (b *bench) upstream(size int, slow time.Duration) (*process, error) {
	return b.role("-role", "upstream", "-size", fmt.Sprint(size), "-slow", slow.String())
}

// aigc starts `aigc all` on a new data folder, with OpenAI's address at upstream. It
// returns when /readyz answers, with the time since the start.
func (b *bench) aigc(upstream string, env ...string) (*process, time.Duration, error) {
	b.n++
	return b.aigcIn(filepath.Join(b.dir, fmt.Sprintf("data-%d", b.n)), upstream, env...)
}

func (b *bench) aigcIn(dir, upstream string, env ...string) (*process, time.Duration, error) {
	addr, err := servers.FreeAddress()
	if err != nil {
		return nil, 0, err
	}
	return b.startAIGC("all", addr, append([]string{"AIGC_DATA_DIR=" + dir, "OPENAI_API_KEY=bench", "OPENAI_BASE_URL=" + upstream + "/v1"}, env...))
}

// startAIGC starts a role of aigc with its REST API, if it has one, on addr.
func (b *bench) startAIGC(role, addr string, env []string) (*process, time.Duration, error) {
	metrics, err := servers.FreeAddress()
	if err != nil {
		return nil, 0, err
	}
	line := append(slices.Clone(b.wrap), b.bin, role)
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Dir = b.dir
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "AIGC_ADDR=" + addr, "AIGC_MCP_ADDR=127.0.0.1:0", "AIGC_METRICS_ADDR=" + metrics, "AIGC_LOG_LEVEL=error",
	}, env...)
	cmd.Stderr = os.Stderr
	ownGroup(cmd)
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, 0, err
	}
	p := &process{cmd: cmd, url: "http://" + addr, metrics: "http://" + metrics}
	ready := p.url + "/readyz"
	if role == "worker" {
		ready = p.metrics + "/readyz"
	}
	for time.Since(begin) < 20*time.Second {
		if res, err := http.Get(ready); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return p, time.Since(begin), nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	p.stop()
	return nil, 0, fmt.Errorf("aigc %s did not get ready within 20 s", role)
}

// peak returns the peak resident memory of the process, in bytes.
func (p *process) peak() (int64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		var kb int64
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kb); err == nil {
			return kb << 10, nil
		}
	}
	return 0, errors.New("no VmHWM")
}
