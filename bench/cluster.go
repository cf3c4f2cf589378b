package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"aigc/app/apptest/servers"
	"aigc/app/ledger/pgtest"
)

// clusterKey is the callers' key of a cluster.
const clusterKey = "bench-0123456789abcdef"

// cluster is PostgreSQL, Redis and an S3 service as separate processes, and the roles of
// aigc that use them. PostgreSQL fsyncs each commit, Redis writes nothing to the disk.
type cluster struct {
	b        *bench
	dir      string
	database *pgtest.Server
	redis    *servers.Redis
	s3       *servers.S3
	url      string // of the database
	env      []string
	roles    []*process
}

// cluster starts the servers and migrates the database. A missing server is an error.
func (b *bench) cluster(env ...string) (c *cluster, err error) {
	b.n++
	c = &cluster{b: b, dir: filepath.Join(b.dir, fmt.Sprintf("cluster-%d", b.n))}
	defer func() {
		if err != nil {
			c.stop()
		}
	}()
	for _, dir := range []string{"pg", "s3"} {
		if err := os.MkdirAll(filepath.Join(c.dir, dir), 0o755); err != nil {
			return c, err
		}
	}
	if err := os.Chmod(b.dir, 0o711); err != nil { //nolint:gosec // PostgreSQL may run as another user
		return c, err
	}
	c.database, err = pgtest.Launch(filepath.Join(c.dir, "pg"), "fsync=on", "shared_buffers=256MB", "max_wal_size=4GB")
	if err != nil {
		return c, err
	}
	if c.redis, err = servers.NewRedis(c.dir); err == nil {
		err = c.redis.Start()
	}
	if err != nil {
		return c, err
	}
	if c.s3, err = servers.NewS3(filepath.Join(c.dir, "s3")); err == nil {
		c.s3.KeepAlive = true
		err = c.s3.Start()
	}
	if err != nil {
		return c, err
	}
	if c.url, err = c.database.NewDatabase(); err != nil {
		return c, err
	}
	addr, err := servers.FreeAddress()
	if err != nil {
		return c, err
	}
	c.env = append(append(c.s3.Env("images"), "DATABASE_URL="+c.url, "REDIS_URL="+c.redis.URL(), "AIGC_API_KEYS=bench:"+clusterKey+":admin",
		"AIGC_PUBLIC_URL=http://"+addr, "AIGC_RATE_LIMIT=0"), env...)
	migrate := exec.Command(b.bin, "migrate")
	migrate.Dir, migrate.Env = b.dir, append([]string{"PATH=" + os.Getenv("PATH"), "AIGC_DATA_DIR=" + filepath.Join(c.dir, "migrate")}, c.env...)
	if out, err := migrate.CombinedOutput(); err != nil {
		return c, fmt.Errorf("aigc migrate: %w\n%s", err, out)
	}
	return c, nil
}

// start starts a role and waits until it is ready. It serves its metrics on
// [process.metrics].
func (c *cluster) start(role string, env ...string) (*process, error) {
	addr, err := servers.FreeAddress()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(c.dir, fmt.Sprintf("%s-%d", role, len(c.roles)))
	p, _, err := c.b.startAIGC(role, addr, slices.Concat([]string{"AIGC_DATA_DIR=" + dir}, c.env, env))
	if err == nil {
		c.roles = append(c.roles, p)
	}
	return p, err
}

// stop ends everything.
func (c *cluster) stop() {
	for _, p := range c.roles {
		p.stop()
	}
	if c.s3 != nil {
		c.s3.Kill()
	}
	if c.redis != nil {
		c.redis.Kill()
	}
	if c.database != nil {
		c.database.Stop()
	}
}

// isMissing says whether a benchmark cannot run because a server is not installed.
func isMissing(err error) bool { return errors.Is(err, exec.ErrNotFound) }
