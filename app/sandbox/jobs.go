package sandbox

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Jobs stores the accepted jobs of one vendor, each in a JSON file, so that they
// survive a restart.
type Jobs struct {
	dir   string
	mu    sync.Mutex
	polls map[string]int // by job id, since the start of the process
}

// NewID makes a random job id.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Job is all that an imitation needs to respond to polls and to make the result.
type Job struct {
	ID      string          `json:"id"`
	Prompt  string          `json:"prompt"`
	Model   string          `json:"model"`
	Task    string          `json:"task"`
	Submit  string          `json:"submit"`
	Input   json.RawMessage `json:"input"` // data of the imitation
	Created time.Time       `json:"created"`
	Ready   time.Time       `json:"ready"`
}

// Accept stores a job that will be ready after usual, or after the time of the
// directive [[slow]]. The file is renamed into place, so that it is always whole.
func (j *Jobs) Accept(o *Request, id, model, prompt string, input any, usual time.Duration) (Job, error) {
	raw, err := json.Marshal(input)
	if err != nil {
		return Job{}, fmt.Errorf("sandbox: job: %w", err)
	}
	now := time.Now()
	job := Job{ID: id, Prompt: prompt, Model: model, Task: o.task, Submit: o.submit, Input: raw, Created: now, Ready: now.Add(o.Slow(usual))}
	data, err := json.Marshal(job)
	if err != nil {
		return Job{}, fmt.Errorf("sandbox: job: %w", err)
	}
	tmp := j.path(id) + ".tmp"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return Job{}, fmt.Errorf("sandbox: job: %w", err)
	}
	return job, os.Rename(tmp, j.path(id))
}

// Find reads a job; false if there is none.
func (j *Jobs) Find(id string) (Job, bool) {
	var job Job
	data, err := os.ReadFile(j.path(id))
	if err != nil || json.Unmarshal(data, &job) != nil {
		return Job{}, false
	}
	return job, true
}

// Polled counts a poll of a job and returns the number of polls since the start of
// the process, this one included.
func (j *Jobs) Polled(id string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.polls[id]++
	return j.polls[id]
}

// Progress is how much of the job is done, 0 to 1. With the directive [[hang]] it
// stays at 0.5.
func (job Job) Progress() float64 {
	if ParseFaults(job.Prompt).Has("hang") {
		return 0.5
	}
	total := job.Ready.Sub(job.Created)
	if total <= 0 {
		return 1
	}
	return min(1, float64(time.Since(job.Created))/float64(total))
}

func (j *Jobs) path(id string) string {
	safe := strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, id)
	return filepath.Join(j.dir, safe+".json")
}
