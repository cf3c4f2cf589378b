package sandbox

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
)

// PurchaseLog counts paid submissions by task. It is a file of one line a purchase,
// so that the count survives whatever is done to the process.
type PurchaseLog struct {
	mu        sync.Mutex
	file      *os.File
	purchases []Purchase
	attempts  map[string]int
}

// Purchase is one paid submission.
type Purchase struct {
	Task   string `json:"task"`
	Submit string `json:"submit"`
	Vendor string `json:"vendor"`
}

func openPurchaseLog(path string) (*PurchaseLog, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sandbox: till: %w", err)
	}
	t := &PurchaseLog{file: f, attempts: map[string]int{}}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var s Purchase
		if json.Unmarshal(lines.Bytes(), &s) == nil {
			t.purchases = append(t.purchases, s)
		}
	}
	return t, nil
}

func (t *PurchaseLog) record(task, submit, vendor string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := Purchase{Task: task, Submit: submit, Vendor: vendor}
	t.purchases = append(t.purchases, s)
	line, _ := json.Marshal(s) // a struct of strings
	_, _ = t.file.Write(append(line, '\n'))
}

func (t *PurchaseLog) countAttempt(key string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.attempts[key]++
	return t.attempts[key]
}

// Report is what the till has counted.
type Report struct {
	Total     int            `json:"total"`
	ByTask    map[string]int `json:"by_task"`
	Purchases []Purchase     `json:"sales"`
}

// Report counts the sales so far.
func (t *PurchaseLog) Report() Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := Report{Total: len(t.purchases), ByTask: map[string]int{}, Purchases: append([]Purchase{}, t.purchases...)}
	for _, s := range t.purchases {
		r.ByTask[s.Task]++
	}
	return r
}

func (t *PurchaseLog) close() error { return t.file.Close() }

func requestID(r *http.Request) (task, submit string) {
	id := r.Header.Get("X-Client-Request-Id")
	if id == "" {
		id = "unnamed-" + strings.ReplaceAll(r.RemoteAddr, ".", "-")
	}
	task, submit, _ = strings.Cut(id, ".")
	return task, submit
}
