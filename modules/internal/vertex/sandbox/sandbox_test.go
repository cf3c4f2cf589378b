package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox/sandboxtest"
	"aigc/modules/internal/vertex"
)

const fast = "veo-3.1-fast-generate-001"

// call is a call to a running imitation.
func call(t *testing.T) provider.Call {
	t.Helper()
	i := New(fast, "veo-3.1-generate-001", "veo-3.1-lite-generate-001")
	account := i.Account(sandboxtest.Start(t, i).Root())
	account.Fingerprint = provider.Fingerprint(account.Secret)
	return provider.Call{Task: "task", Submit: "submit", Model: fast, HTTP: &provider.Client{HTTP: provider.NewTransport()}, Account: account}
}

// Videos in a bucket exist once the job is done, are listed by prefix, and differ.
func TestBucket(t *testing.T) {
	t.Parallel()
	c := call(t)
	c.Account.Attrs["storage"] = "gs://videos/out"
	var d vertex.Driver
	silent := false
	ticket, err := d.Submit(t.Context(), c, vertex.Input{Prompt: "a boat", DurationSeconds: 4, N: 2, GenerateAudio: &silent})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := d.Find(t.Context(), c); err != nil || found.Answer != nil {
		t.Errorf("before its time: %+v %v", found, err)
	}
	wrong := ticket
	wrong.ID = strings.Replace(ticket.ID, "-fast", "", 1)
	if u, err := d.Poll(t.Context(), c, wrong); err == nil {
		t.Errorf("under another model: %+v", u)
	}
	var u provider.Update
	for tick := time.NewTicker(20 * time.Millisecond); u.Phase == provider.Wait; <-tick.C {
		if u, err = d.Poll(t.Context(), c, ticket); err != nil {
			t.Fatal(err)
		}
	}
	if u.Phase != provider.Done || len(u.Answer.Results) != 2 {
		t.Fatalf("%+v", u)
	}
	var videos [2]bytes.Buffer
	for i, r := range u.Answer.Results {
		if err := d.Fetch(t.Context(), c, r.URL, &videos[i]); err != nil || videos[i].Len() < 1000 {
			t.Errorf("%s: %d bytes, %v", r.URL, videos[i].Len(), err)
		}
	}
	if bytes.Equal(videos[0].Bytes(), videos[1].Bytes()) {
		t.Error("the same video twice")
	}
	if err := d.Fetch(t.Context(), c, strings.Replace(u.Answer.Results[0].URL, "sample_0", "sample_2", 1), io.Discard); err == nil {
		t.Error("a third video")
	}
	var found provider.Outcome
	for tick := time.NewTicker(100 * time.Millisecond); found.Answer == nil; <-tick.C { // after its quiet period
		if found, err = d.Find(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range found.Answer.Results {
		if r.URL != u.Answer.Results[i].URL {
			t.Errorf("found %s, polled %s", r.URL, u.Answer.Results[i].URL)
		}
	}
}

// A retired model, a wrong token, an unknown path, and an invalid body.
func TestRefusals(t *testing.T) {
	t.Parallel()
	c := call(t)
	const models, least = "/v1/projects/p/locations/l/publishers/google/models/", `{"instances":[{"prompt":"x"}]}`
	cases := []struct {
		path, token, body string
		status            int
	}{
		{models + fast + ":predictLongRunning", accessToken, least, 200},
		{models + "veo-3.0-generate-001:predictLongRunning", accessToken, least, 404},
		{models + "veo-3.1-generate-001:predictLongRunning", "wrong", least, 401},
		{models + "veo-3.1-generate-001:generateContent", accessToken, least, 400},
		{models + "veo-3.1-generate-001/operations/1", accessToken, least, 404},
		{models + fast + ":predictLongRunning", accessToken, `[]`, 400},
		{models + fast + ":fetchPredictOperation", accessToken, `{}`, 404},
	}
	for _, k := range cases {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.Account.BaseURL+k.path, strings.NewReader(k.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+k.token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if got := string(body); res.StatusCode != k.status || k.status != 200 && (!strings.Contains(got, `"status":"`) || !strings.Contains(got, `"message":"`)) {
			t.Errorf("%s %s: %d %s", k.path, k.body, res.StatusCode, got)
		}
	}
}
