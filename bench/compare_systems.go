package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"aigc/app/apptest/servers"
)

// unfinishedTasks is a query that two partial indexes answer.
const unfinishedTasks = `SELECT (SELECT COUNT(*) FROM tasks WHERE is_group = 0 AND state = 'queued') +
	(SELECT COUNT(*) FROM tasks WHERE is_group = 0 AND state IN ('submitting', 'running', 'storing', 'in_doubt'))`

// aigcSystems are an API with a worker, and two of each, called over REST.
func (x *comparison) aigcSystems() (out []system) {
	for _, n := range []int{1, 2} {
		out = append(out, system{
			name:   fmt.Sprintf("aigc, REST, serve-api × %d, worker × %d", n, n),
			prefix: "ai_generated", rows: "tasks WHERE state = 'succeeded'", left: unfinishedTasks, start: func() (*running, error) { return x.startAIGC(n) },
		})
	}
	return out
}

func (x *comparison) startAIGC(n int) (*running, error) {
	r := &running{}
	var apis []caller
	for range n {
		for _, role := range []string{"serve-api", "worker"} {
			p, err := x.cluster.start(role)
			if err != nil {
				r.stop()
				return nil, err
			}
			r.add(role, p)
			if role == "serve-api" {
				apis = append(apis, asyncCaller(p))
			}
		}
	}
	r.submit = func(jobs int) error { return submitTo(apis, jobs) }
	return r, nil
}

// submitTo sends requests to all servers at once, to each its share.
func submitTo(apis []caller, jobs int) error {
	var wg sync.WaitGroup
	errs := make([]error, len(apis))
	for i, a := range apis {
		wg.Go(func() { _, errs[i] = a.rate(compareCallers/len(apis), compareLimit, int64(jobs/len(apis))) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// celerySystems are one Celery worker with several pools behind FastAPI, and without HTTP.
func (x *comparison) celerySystems() (out []system, err error) {
	bin, err := installCelery()
	if err != nil {
		return nil, err
	}
	cores := runtime.NumCPU()
	for _, c := range []struct {
		pool        string
		concurrency int
		http        bool
	}{{"prefork", cores, true}, {"prefork", 4 * cores, true}, {"threads", 4, true}, {"prefork", cores, false}} {
		front := "without HTTP"
		if c.http {
			front = "FastAPI"
		}
		out = append(out, system{
			name: fmt.Sprintf("Celery, %s, worker × 1, %s of %d", front, c.pool, c.concurrency), goal: c.http, prefix: "celery", rows: "compare_jobs WHERE object LIKE 'celery/%'",
			start: func() (*running, error) { return x.startCelery(bin, c.pool, c.concurrency, c.http) },
		})
	}
	return out, nil
}

func (x *comparison) startCelery(bin, pool string, concurrency int, overHTTP bool) (r *running, err error) {
	r = &running{}
	defer func() {
		if err != nil {
			r.stop()
		}
	}()
	dir, env := filepath.Join("bench", "compare", "celery"), append(x.jobEnv(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONWARNINGS=ignore")
	worker, err := startIn(dir, env, filepath.Join(bin, "python"), "-m", "celery", "--quiet", "-A", "tasks", "worker", "--pool", pool, "--concurrency", fmt.Sprint(concurrency),
		"--loglevel", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat") // which cost a little
	if err != nil {
		return r, err
	}
	r.add("worker", worker)
	if !overHTTP {
		return r, r.produceWith(dir, env, filepath.Join(bin, "python"), "produce.py")
	}
	addr, err := servers.FreeAddress()
	if err != nil {
		return r, err
	}
	host, port, _ := strings.Cut(addr, ":")
	api, err := startIn(dir, env, filepath.Join(bin, "python"), "-m", "uvicorn", "api:app", "--host", host, "--port", port, "--log-level", "error", "--no-access-log")
	if err != nil {
		return r, err
	}
	r.add("FastAPI", api)
	call := caller{url: "http://" + addr + "/api/gpt/generations", body: `{"prompt":"bench #","size":"1024x1024","quality":"low"}`, want: http.StatusAccepted}
	r.submit = func(jobs int) error { return submitTo([]caller{call}, jobs) }
	return r, waitAnswer("http://" + addr + "/docs")
}

// bullSystems is one BullMQ worker, without HTTP.
func (x *comparison) bullSystems() ([]system, error) {
	dir, err := installBull()
	if err != nil {
		return nil, err
	}
	const concurrency = 32
	return []system{{
		name: fmt.Sprintf("BullMQ, without HTTP, worker × 1, concurrency %d", concurrency), prefix: "bullmq", rows: "compare_jobs WHERE object LIKE 'bullmq/%'",
		start: func() (*running, error) {
			env := append(x.jobEnv(), fmt.Sprintf("CONCURRENCY=%d", concurrency))
			worker, err := startIn(dir, env, "node", "worker.mjs")
			if err != nil {
				return nil, err
			}
			r := &running{}
			r.add("worker", worker)
			if err := r.produceWith(dir, env, "node", "produce.mjs"); err != nil {
				r.stop()
				return nil, err
			}
			return r, nil
		},
	}}, nil
}

// jobEnv is the environment of the jobs that are not aigc's.
func (x *comparison) jobEnv() []string {
	redis := strings.TrimSuffix(x.cluster.redis.URL(), "/0") // the database of aigc
	return slices.Concat(x.cluster.s3.Env("images"), []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "VENDOR_URL=" + x.vendor.url, "DATABASE_URL=" + x.cluster.url, "BROKER_URL=" + redis + "/1", "RESULT_URL=" + redis + "/2",
	})
}

// produceWith starts a program that enqueues as many jobs as it is told to.
func (r *running) produceWith(dir string, env []string, program string, args ...string) error {
	cmd := exec.Command(program, args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	p, err := startCommand(cmd, dir, env)
	if err != nil {
		return err
	}
	r.add("producer", p)
	lines := bufio.NewReader(out)
	r.submit = func(jobs int) error {
		if _, err := fmt.Fprintln(in, jobs); err != nil {
			return err
		}
		return expectLine(lines, "done")
	}
	return expectLine(lines, "ready")
}

func expectLine(in *bufio.Reader, want string) error {
	line, err := in.ReadString('\n')
	if err == nil && strings.TrimSpace(line) != want {
		err = fmt.Errorf("the producer printed %q, not %q", line, want)
	}
	return err
}

func startIn(dir string, env []string, program string, args ...string) (*process, error) {
	return startCommand(exec.Command(program, args...), dir, env)
}

func startCommand(cmd *exec.Cmd, dir string, env []string) (*process, error) {
	cmd.Dir, cmd.Env, cmd.Stderr = dir, env, os.Stderr
	ownGroup(cmd)
	return &process{cmd: cmd}, cmd.Start()
}

// waitAnswer waits until a server answers.
func waitAnswer(url string) error {
	var last error
	for begun := time.Now(); time.Since(begun) < 20*time.Second; time.Sleep(10 * time.Millisecond) {
		res, err := client.Get(url)
		if last = err; err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			return res.Body.Close()
		}
	}
	return last
}
