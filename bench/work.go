package main

import (
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// workTasks is how many tasks one measurement of measureWork has.
const workTasks = 1500

// measureWork measures whole tasks, from their acceptance to a stored result of 1 KB of a
// vendor that answers at once, with one API and one worker and with two of each.
func measureWork(b *bench) error {
	up, err := b.upstream(700, 0)
	if err != nil {
		return err
	}
	defer up.stop()
	c, err := b.cluster("OPENAI_API_KEY=bench", "OPENAI_BASE_URL="+up.url+"/v1", "AIGC_THUMBNAILS=false")
	if err != nil {
		return err
	}
	defer c.stop()
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		return err
	}
	defer db.Close()
	var apis []caller
	rates := make([]float64, 0, 2)
	done := 0
	for range 2 {
		if _, err := c.start("worker"); err != nil {
			return err
		}
		api, err := c.start("serve-api")
		if err != nil {
			return err
		}
		apis = append(apis, asyncCaller(api))
		begun := time.Now()
		for _, a := range apis {
			if _, err := a.rate(scaleCallers, time.Minute, workTasks/int64(len(apis))); err != nil {
				return err
			}
		}
		done += workTasks
		for n := 0; n < done; time.Sleep(20 * time.Millisecond) {
			if time.Since(begun) > 3*time.Minute {
				return fmt.Errorf("%d of %d tasks have succeeded", n, done)
			}
			if err := db.QueryRow("SELECT COUNT(*) FROM tasks WHERE state = 'succeeded'").Scan(&n); err != nil {
				return err
			}
		}
		rates = append(rates, workTasks/time.Since(begun).Seconds())
	}
	note("whole tasks: one API and one worker %.0f/s, two of each %.0f/s, all on this machine", rates[0], rates[1])
	return c.noteIdleRedis()
}

// noteIdleRedis prints how many commands two idle workers send to Redis.
func (c *cluster) noteIdleRedis() error {
	const watched = 5 * time.Second
	before, err := c.redisCommands()
	if err != nil {
		return err
	}
	time.Sleep(watched)
	after, err := c.redisCommands()
	note("Redis: %.0f commands/s of two idle workers and two APIs", float64(after-before)/watched.Seconds())
	return err
}

func (c *cluster) redisCommands() (n int, err error) {
	text, err := c.redis.Command("INFO stats")
	for line := range strings.Lines(text) {
		if _, scanErr := fmt.Sscanf(line, "total_commands_processed:%d", &n); scanErr == nil {
			return n, nil
		}
	}
	return n, err
}
