package servers

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// FreeAddress returns a loopback address on which nothing listens.
func FreeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

// Tool returns the path of a program that .ci/test puts into .tools, or that is installed.
func Tool(program string) (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if found, err := exec.LookPath(filepath.Join(dir, ".tools", program)); err == nil {
			return found, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return exec.LookPath(program)
}

// process is a server process, which can be killed and started again.
type process struct {
	cmd   *exec.Cmd // nil while it is down
	ended chan struct{}
	log   Output
}

// start starts a command and waits until answers returns nil. If the process ends before
// that, another program may use its port.
func (p *process) start(cmd *exec.Cmd, answers func() error) error {
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	if err := cmd.Start(); err != nil {
		return err
	}
	p.cmd, p.ended = cmd, make(chan struct{})
	go func(ended chan struct{}) { _ = cmd.Wait(); close(ended) }(p.ended)
	begun, tick := time.Now(), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		err := answers()
		select {
		case <-p.ended:
			p.cmd = nil
			return fmt.Errorf("%s has ended:\n%s", cmd.Path, p.Log())
		default:
		}
		if err == nil {
			return nil
		}
		if time.Since(begun) > 30*time.Second {
			p.Kill()
			return fmt.Errorf("%s does not answer: %w\n%s", cmd.Path, err, p.Log())
		}
		<-tick.C
	}
}

// Kill ends the server by SIGKILL. It may be called again.
func (p *process) Kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	<-p.ended
	p.cmd = nil
}

// Process is the running process; nil while it is down.
func (p *process) Process() *os.Process {
	if p.cmd == nil {
		return nil
	}
	return p.cmd.Process
}

// Log is the output of the server so far.
func (p *process) Log() string { return p.log.String() }
