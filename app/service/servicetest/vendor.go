package servicetest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/worker/workertest"
)

// Vendor is the fake module's vendor. Words in the prompt choose its behaviour:
// "refuse" refuses the content, "drop" counts the purchase and closes the
// connection without an answer, "hold" answers only after Release. All other
// prompts succeed at once.
type Vendor struct {
	*httptest.Server
	Purchases atomic.Int64 // paid submissions

	hold chan struct{}
	once sync.Once
}

// Release answers all held requests, and holds none from now on.
func (v *Vendor) Release() { v.once.Do(func() { close(v.hold) }) }

func (v *Vendor) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/jobs/") {
		v.job(w, r)
		return
	}
	var in FakeInput
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if strings.Contains(in.Prompt, "refuse") {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	n := v.Purchases.Add(1)
	if strings.Contains(in.Prompt, "drop") {
		panic(http.ErrAbortHandler)
	}
	if r.URL.Path == "/video" {
		word, _, _ := strings.Cut(in.Prompt, " ")
		answer(w, reply{ID: "reels/" + word + "/" + string(rune('a'+n))})
		return
	}
	if strings.Contains(in.Prompt, "hold") {
		select {
		case <-v.hold:
		case <-r.Context().Done():
			return
		}
	}
	answer(w, reply{B64: pngBase64()})
}

// job answers a poll: a held job is running, all others are done.
func (v *Vendor) job(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, "hold") {
		select {
		case <-v.hold:
		default:
			answer(w, reply{Status: "running"})
			return
		}
	}
	answer(w, reply{Status: "done", B64: pngBase64()})
}

func pngBase64() string { return base64.StdEncoding.EncodeToString(workertest.PNG()) }

func answer(w http.ResponseWriter, r reply) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(r)
}

// Start runs an engine that has only FakeModule and one vendor account. adapt may
// change the account; if the last one returns false there is no account.
func Start(t testing.TB, adapt ...func(*provider.Account) (keep bool)) (*workertest.Engine, *Vendor) {
	t.Helper()
	v := &Vendor{hold: make(chan struct{})}
	v.Server = httptest.NewServer(http.HandlerFunc(v.serve))
	t.Cleanup(v.Close)
	t.Cleanup(v.Release)
	host, err := module.NewRegistry(FakeModule)
	if err != nil {
		t.Fatal(err)
	}
	a := provider.Account{BaseURL: v.URL, Secret: "key-of-painter", Variable: "PAINTER_API_KEY"}
	keep := true
	for _, f := range adapt {
		keep = f(&a)
	}
	accounts := provider.NewAccounts()
	if keep {
		accounts.Add(host.Vendors()["painter"], provider.Limits{}, a)
	}
	e := workertest.New(t, host, accounts)
	t.Cleanup(v.Release) // runs before the engine's cleanup, which waits for open submissions
	return e, v
}
