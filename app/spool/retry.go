package spool

import (
	"time"

	"aigc/app/disk"
)

// patience is how long a file operation on a paid answer is repeated while there is no
// descriptor or no room on the disk. The answer waits in its connection for that time;
// given up, it would be lost.
const patience = 2 * time.Minute

// persist repeats f while its error is one that goes away by itself.
func persist(f func() error) error {
	pause := 5 * time.Millisecond
	for begun := time.Now(); ; pause = min(2*pause, 500*time.Millisecond) {
		err := f()
		if err == nil || !disk.IsTransient(err) || time.Since(begun) > patience {
			return err
		}
		time.Sleep(pause)
	}
}
