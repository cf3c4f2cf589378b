package vertex

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2/google"

	"aigc/app/provider"
	"aigc/app/sandbox/sandboxtest"
)

// imitation is a running sandbox and a call to it.
func imitation(t *testing.T) provider.Call {
	t.Helper()
	base := sandboxtest.One(t, Sandbox())
	secret, attrs := sandboxAccount(base)
	return provider.Call{
		Task: "task", Submit: "submit", Model: "veo-3.1-fast-generate-001", HTTP: &provider.Client{HTTP: provider.NewTransport()},
		Account: provider.Account{BaseURL: base, Secret: secret, Fingerprint: provider.Fingerprint(secret), Variable: "AIGC_SANDBOX", Attrs: attrs, Sandbox: true},
	}
}

func TestImitationInspects(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, model, body, word string }{ // empty word: taken
		{"least", "fast", `{"instances":[{"prompt":"x"}]}`, ""},
		{"no prompt", "fast", `{"instances":[{}]}`, "prompt"},
		{"snake case is ignored", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"aspect_ratio":"1:1","duration_seconds":5}}`, ""},
		{"shape", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"aspectRatio":"1:1"}}`, "aspectRatio"},
		{"size", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"resolution":"480p"}}`, "resolution"},
		{"people", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"personGeneration":"ALLOW_ADULT"}}`, "personGeneration"},
		{"length", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"durationSeconds":5}}`, "duration"},
		{"length of large", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"durationSeconds":6,"resolution":"1080p"}}`, "duration"},
		{"length of large lite", "lite", `{"instances":[{"prompt":"x"}],"parameters":{"durationSeconds":6,"resolution":"1080p"}}`, ""},
		{"4k of lite", "lite", `{"instances":[{"prompt":"x"}],"parameters":{"resolution":"4k"}}`, "4k"},
		{"too many", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"sampleCount":5}}`, "sampleCount"},
		{"seed", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"seed":4294967296}}`, "seed"},
		{"last without first", "fast", `{"instances":[{"prompt":"x","lastFrame":{"mimeType":"image/png"}}]}`, "last frame"},
		{"first and film", "fast", `{"instances":[{"prompt":"x","image":{"mimeType":"image/png"},"video":{"mimeType":"video/mp4"}}]}`, "exclude"},
		{"webp", "fast", `{"instances":[{"prompt":"x","image":{"mimeType":"image/webp"}}]}`, "image type"},
		{"no film", "fast", `{"instances":[{"prompt":"x","video":{"mimeType":"image/png"}}]}`, "video type"},
		{"references of lite", "lite", `{"instances":[{"prompt":"x","referenceImages":[{"image":{"mimeType":"image/png"}}]}]}`, "reference"},
	}
	for _, c := range cases {
		var req Request
		if err := json.Unmarshal([]byte(c.body), &req); err != nil {
			t.Fatal(err)
		}
		got := inspect("veo-3.1-"+c.model+"-generate-001", req)
		if (got == "") != (c.word == "") || !strings.Contains(got, c.word) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// A token is given to whoever signs with the right key, for the right account,
// address, right and time, and to nobody else.
func TestImitationGivesTokens(t *testing.T) {
	t.Parallel()
	secret, _ := sandboxAccount("http://127.0.0.1:1/vertex")
	var jwt string
	signed := func(change func(*keyFile), scopes string) string {
		var k keyFile
		if err := json.Unmarshal([]byte(secret.Reveal()), &k); err != nil {
			t.Fatal(err)
		}
		change(&k)
		data, _ := json.Marshal(k) // strings
		conf, err := google.JWTConfigFromJSON(data, scopes)
		if err != nil {
			t.Fatal(err)
		}
		way := &http.Client{Transport: tap(func(form url.Values) { jwt = form.Get("assertion") })}
		_, _ = conf.TokenSource(withClient(t, way)).Token() // the tap answers nothing
		return jwt
	}
	now := time.Now()
	asIs := signed(func(*keyFile) {}, scope)
	cases := []struct {
		name, jwt string
		now       time.Time
		code      string
	}{
		{"good", asIs, now, ""},
		{"nothing", "", now, "invalid_grant"},
		{"tampered", strings.Replace(asIs, ".", ".A", 1), now, "invalid_grant"},
		{"too late", asIs, now.Add(2 * time.Hour), "invalid_grant"},
		{"too early", asIs, now.Add(-2 * time.Hour), "invalid_grant"},
		{"somebody else", signed(func(k *keyFile) { k.ClientEmail = "x@y" }, scope), now, "invalid_grant"},
		{"another endpoint", signed(func(k *keyFile) { k.TokenURI = "http://127.0.0.1:1/other" }, scope), now, "invalid_grant"},
		{"another right", signed(func(*keyFile) {}, "email"), now, "invalid_scope"},
	}
	for _, c := range cases {
		if code, text := inspectAssertion(c.jwt, "/vertex/token", c.now); code != c.code || (text == "") != (code == "") {
			t.Errorf("%s: %s %s", c.name, code, text)
		}
	}
}

// Films in a bucket: there when the job is done, found by its prefix, each with
// bytes of its own.
func TestImitationFillsABucket(t *testing.T) {
	t.Parallel()
	c := imitation(t)
	c.Account.Attrs[attrStorage] = "gs://films/out"
	sound := false
	req := Request{Instances: []Instance{{Prompt: "a boat"}}, Parameters: Parameters{DurationSeconds: 4, SampleCount: 2, GenerateAudio: &sound}}
	ticket, err := Submit(t.Context(), c, req, provider.NewEmbedder(c))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := (Client{}).Find(t.Context(), c); err != nil || found.Answer != nil {
		t.Errorf("before its time: %+v %v", found, err)
	}
	wrong := ticket
	wrong.ID = strings.Replace(ticket.ID, "-fast", "", 1)
	if u, err := (Client{}).Poll(t.Context(), c, wrong); err == nil {
		t.Errorf("under another model: %+v", u)
	}
	var u provider.Update
	for tick := time.NewTicker(20 * time.Millisecond); u.Phase == provider.Wait; <-tick.C {
		if u, err = (Client{}).Poll(t.Context(), c, ticket); err != nil {
			t.Fatal(err)
		}
	}
	if u.Phase != provider.Done || len(u.Answer.Results) != 2 {
		t.Fatalf("%+v", u)
	}
	var films [2]bytes.Buffer
	for i, r := range u.Answer.Results {
		if err := (Client{}).Fetch(t.Context(), c, r.URL, &films[i]); err != nil || films[i].Len() < 1000 {
			t.Errorf("%s: %d bytes, %v", r.URL, films[i].Len(), err)
		}
	}
	if bytes.Equal(films[0].Bytes(), films[1].Bytes()) {
		t.Error("the same film twice")
	}
	var found provider.Found
	for tick := time.NewTicker(100 * time.Millisecond); found.Answer == nil; <-tick.C { // once it has settled
		if found, err = (Client{}).Find(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range found.Answer.Results {
		if r.URL != u.Answer.Results[i].URL {
			t.Errorf("found %s, polled %s", r.URL, u.Answer.Results[i].URL)
		}
	}
}

// A model that is no more, a wrong token and an unknown path.
func TestImitationRefuses(t *testing.T) {
	t.Parallel()
	c := imitation(t)
	const models = "/v1/projects/p/locations/l/publishers/google/models/"
	cases := []struct {
		path, token string
		status      int
	}{
		{models + "veo-3.0-generate-001:predictLongRunning", sandboxToken, 404},
		{models + "veo-3.1-generate-001:predictLongRunning", "wrong", 401},
		{models + "veo-3.1-generate-001:generateContent", sandboxToken, 400},
		{models + "veo-3.1-generate-001/operations/1", sandboxToken, 404},
	}
	for _, k := range cases {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.Account.BaseURL+k.path, strings.NewReader(`{"instances":[{"prompt":"x"}]}`))
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
		if s := readStatus(body); res.StatusCode != k.status || s.Code != k.status || s.Status == "" || s.Message == "" {
			t.Errorf("%s: %d %s", k.path, res.StatusCode, body)
		}
	}
}
