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

// PurchaseLog counts paid submissions by task, so that tests find tasks that were
// submitted twice. It is a file with one line of JSON for each purchase, so that the
// count survives a killed process.
type PurchaseLog struct {
	mu        sync.Mutex
	file      *os.File
	purchases []Purchase
	attempts  map[string]int // by task and fault
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
		return nil, fmt.Errorf("sandbox: open the purchase log: %w", err)
	}
	l := &PurchaseLog{file: f, attempts: map[string]int{}}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var s Purchase
		if json.Unmarshal(lines.Bytes(), &s) == nil {
			l.purchases = append(l.purchases, s)
		}
	}
	return l, nil
}

func (l *PurchaseLog) record(task, submit, vendor string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := Purchase{Task: task, Submit: submit, Vendor: vendor}
	l.purchases = append(l.purchases, s)
	line, _ := json.Marshal(s) // a struct of strings
	_, _ = l.file.Write(append(line, '\n'))
}

func (l *PurchaseLog) countAttempt(key string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.attempts[key]++
	return l.attempts[key]
}

// Report is the content of a purchase log.
type Report struct {
	Total     int            `json:"total"`
	ByTask    map[string]int `json:"by_task"`
	Purchases []Purchase     `json:"sales"`
}

// Report counts all purchases.
func (l *PurchaseLog) Report() Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := Report{Total: len(l.purchases), ByTask: map[string]int{}, Purchases: append([]Purchase{}, l.purchases...)}
	for _, s := range l.purchases {
		r.ByTask[s.Task]++
	}
	return r
}

func (l *PurchaseLog) close() error { return l.file.Close() }

// requestID reads task and submit id from X-Client-Request-Id, which aigc sends as
// "task.submit". A request of another client is counted under its remote address.
func requestID(r *http.Request) (task, submit string) {
	id := r.Header.Get("X-Client-Request-Id")
	if id == "" {
		id = "unnamed-" + strings.ReplaceAll(r.RemoteAddr, ".", "-")
	}
	task, submit, _ = strings.Cut(id, ".")
	return task, submit
}
