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

// Till counts paid submissions by task. It is a file of one line a purchase,
// so that the count survives whatever is done to the process.
type Till struct {
	mu       sync.Mutex
	file     *os.File
	sales    []Sale
	attempts map[string]int
}

// Sale is one paid submission.
type Sale struct {
	Task   string `json:"task"`
	Submit string `json:"submit"`
	Vendor string `json:"vendor"`
}

func openTill(path string) (*Till, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sandbox: till: %w", err)
	}
	t := &Till{file: f, attempts: map[string]int{}}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var s Sale
		if json.Unmarshal(lines.Bytes(), &s) == nil {
			t.sales = append(t.sales, s)
		}
	}
	return t, nil
}

func (t *Till) buy(task, submit, vendor string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := Sale{Task: task, Submit: submit, Vendor: vendor}
	t.sales = append(t.sales, s)
	line, _ := json.Marshal(s) // a struct of strings
	_, _ = t.file.Write(append(line, '\n'))
}

func (t *Till) attempt(key string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.attempts[key]++
	return t.attempts[key]
}

// Report is what the till has counted.
type Report struct {
	Total  int            `json:"total"`
	ByTask map[string]int `json:"by_task"`
	Sales  []Sale         `json:"sales"`
}

// Report counts the sales so far.
func (t *Till) Report() Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := Report{Total: len(t.sales), ByTask: map[string]int{}, Sales: append([]Sale{}, t.sales...)}
	for _, s := range t.sales {
		r.ByTask[s.Task]++
	}
	return r
}

func (t *Till) close() error { return t.file.Close() }

func requestID(r *http.Request) (task, submit string) {
	id := r.Header.Get("X-Client-Request-Id")
	if id == "" {
		id = "unnamed-" + strings.ReplaceAll(r.RemoteAddr, ".", "-")
	}
	task, submit, _ = strings.Cut(id, ".")
	return task, submit
}
