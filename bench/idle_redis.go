package main

import (
	"fmt"
	"strings"
	"time"
)

// noteIdleRedis prints how many commands an idle worker and idle APIs send to Redis.
func (c *cluster) noteIdleRedis() error {
	const watched = 5 * time.Second
	before, err := c.redisCommands()
	if err != nil {
		return err
	}
	time.Sleep(watched)
	after, err := c.redisCommands()
	note("Redis: %.0f commands/s of an idle worker and two idle APIs", float64(after-before)/watched.Seconds())
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
