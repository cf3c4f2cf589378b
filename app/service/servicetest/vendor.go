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

// Vendor plays the gallery's vendor. Words in the prompt choose what it does:
// "drop" cuts the connection after the sale, "refuse" refuses, "hold" waits
// for Release; anything else is drawn at once.
type Vendor struct {
	*httptest.Server
	Purchases atomic.Int64 // submissions that were paid

	hold chan struct{}
	once sync.Once
}

// Release lets go of whatever is held, now and from now on.
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
	if r.URL.Path == "/film" {
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
	answer(w, reply{B64: picture()})
}

// job tells of a film: one that is held is not done.
func (v *Vendor) job(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, "hold") {
		select {
		case <-v.hold:
		default:
			answer(w, reply{Status: "running"})
			return
		}
	}
	answer(w, reply{Status: "done", B64: picture()})
}

func picture() string { return base64.StdEncoding.EncodeToString(workertest.PNG()) }

func answer(w http.ResponseWriter, r reply) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(r)
}

// Start runs an engine whose only module is the gallery, with one account;
// adapt may change it, and say that there shall be none.
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
	t.Cleanup(v.Release) // before the engine stops, which awaits what was sent
	return e, v
}
