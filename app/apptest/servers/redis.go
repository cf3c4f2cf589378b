package servers

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Redis is a redis-server without persistence, so that a restart loses all data.
type Redis struct {
	process
	path, addr, dir string
}

// NewRedis returns a server that [Redis.Start] starts; dir is its working directory. The
// error is that of [exec.LookPath] if redis-server is not installed.
func NewRedis(dir string) (*Redis, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, err
	}
	addr, err := FreeAddress()
	return &Redis{path: path, addr: addr, dir: dir}, err
}

// URL returns the value for REDIS_URL.
func (r *Redis) URL() string { return "redis://" + r.addr + "/0" }

// Start starts the server, also after Kill, on the same port, and waits until it answers.
func (r *Redis) Start() error {
	_, port, _ := net.SplitHostPort(r.addr)
	cmd := exec.Command(r.path, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", r.dir)
	return r.start(cmd, func() error { _, err := r.Command("PING"); return err })
}

// Command sends a command, such as FLUSHALL, and returns its answer.
func (r *Redis) Command(text string) (string, error) {
	c, err := net.DialTimeout("tcp", r.addr, 10*time.Second)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return "", err
	}
	if _, err := fmt.Fprintf(c, "%s\r\n", text); err != nil {
		return "", err
	}
	in := bufio.NewReader(c)
	line, err := in.ReadString('\n')
	line = strings.TrimSpace(line)
	switch {
	case err != nil:
		return "", err
	case strings.HasPrefix(line, "+"):
		return line[1:], nil
	case strings.HasPrefix(line, "$"): // a text of many lines
		n, err := strconv.Atoi(line[1:])
		if err != nil || n < 0 {
			return "", fmt.Errorf("%s: %s", text, line)
		}
		data := make([]byte, n)
		_, err = io.ReadFull(in, data)
		return string(data), err
	}
	return "", fmt.Errorf("%s: %s", text, line)
}
