package apptest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/ledger"
	"aigc/app/provider"
	"aigc/app/task"
)

// Without a running server each `aigc generate` is a process of its own. A key that was
// refused once is used again by a later one, after its vendor accepts it, and is probed
// before that.
func TestParkedKeyComesBackWithoutAServer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	bin := apptest.Binary(t, "faults")
	var refused atomic.Bool
	var purchases atomic.Int32
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case refused.Load():
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method == http.MethodPost:
			purchases.Add(1)
			_, _ = io.WriteString(w, `{"created":1,"data":[{"b64_json":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="}]}`)
		default:
			_, _ = io.WriteString(w, `{"data":[]}`)
		}
	}))
	t.Cleanup(vendor.Close)
	dir := t.TempDir()
	generate := func() (code int, output string) {
		t.Helper()
		p := apptest.Run(t, bin, []string{"AIGC_DATA_DIR=" + dir, "OPENAI_API_KEY=sk-12345678", "OPENAI_BASE_URL=" + vendor.URL + "/v1"},
			"generate", "gpt", "a red fox", "-o", filepath.Join(t.TempDir(), "fox.png"))
		<-p.Ended()
		return p.ExitCode(), p.Log()
	}
	// The parking is aged by hand, instead of waiting for 15 s.
	age := func() {
		t.Helper()
		store, err := ledger.OpenSQLite(ctx, filepath.Join(dir, "aigc.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = store.Close() }()
		old := time.Now().Add(-time.Minute)
		err = store.Park(ctx, task.ParkedKey{Vendor: "openai", Fingerprint: provider.Fingerprint("sk-12345678"), Code: provider.KeyRefused.Code, Reason: "refused", Since: old, Until: old.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
	}

	refused.Store(true)
	if code, out := generate(); code == 0 || !strings.Contains(out, "OPENAI_API_KEY") {
		t.Fatalf("with a refused key: exit %d\n%s", code, out)
	}
	age()
	if code, out := generate(); code == 0 {
		t.Fatalf("the key is still refused: exit %d\n%s", code, out)
	}
	age()
	refused.Store(false)
	if code, out := generate(); code != 0 || purchases.Load() != 1 {
		t.Fatalf("the key works again: exit %d after %d purchases\n%s", code, purchases.Load(), out)
	}
	if code, out := generate(); code != 0 || purchases.Load() != 2 {
		t.Errorf("the next command: exit %d after %d purchases\n%s", code, purchases.Load(), out)
	}
}
