package vertex

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// testCredentials is the JSON of a service account's key.
func testCredentials() string {
	secret, _ := testAccount("http://127.0.0.1:1")
	return secret.Reveal()
}

// googleServer starts a server that plays the token endpoints of every type of credentials, and the
// metadata server.
func googleServer(t *testing.T, status int) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Metadata-Flavor", "Google")
		w.Header().Set("Content-Type", "application/json")
		switch {
		case status != http.StatusOK:
			w.WriteHeader(status)
			if status == http.StatusBadRequest {
				_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"secret prose"}`)
			}
		case r.URL.Path == "/computeMetadata/v1/project/project-id":
			_, _ = io.WriteString(w, "elsewhere")
		case r.URL.Path == "/as":
			_, _ = io.WriteString(w, `{"accessToken":"impersonated","expireTime":"2099-01-01T00:00:00Z"}`)
		default:
			_ = r.ParseForm()
			name := r.Form.Get("refresh_token") + r.Form.Get("subject_token")
			_, _ = io.WriteString(w, `{"access_token":"for `+name+`","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3600}`)
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}

func callWith(secret provider.Secret) provider.Call {
	return provider.Call{
		Account: provider.Account{Secret: secret, Fingerprint: provider.Fingerprint(secret), Variable: "TEST_KEY", Attrs: map[string]string{attrProject: "mine"}},
		HTTP:    &provider.Client{HTTP: provider.NewTransport()},
	}
}

// TestCredentialTypes gets a token with each type of credentials, and has each refused.
func TestCredentialTypes(t *testing.T) {
	t.Parallel()
	subject := filepath.Join(t.TempDir(), "subject")
	if err := os.WriteFile(subject, []byte("pod"), 0o600); err != nil {
		t.Fatal(err)
	}
	user := func(base string) map[string]any {
		return map[string]any{"type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "ann", "token_uri": base + "/token"}
	}
	pool := func(base string) map[string]any {
		return map[string]any{
			"type": "external_account", "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
			"subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": base + "/sts", "credential_source": map[string]any{"file": subject},
		}
	}
	for name, c := range map[string]struct {
		file    func(base string) map[string]any
		token   string
		project string
	}{
		"a user":            {user, "for ann", "mine"},
		"workload identity": {pool, "for pod", ""},
		"impersonation": {func(base string) map[string]any {
			return map[string]any{"type": "impersonated_service_account", "service_account_impersonation_url": base + "/as", "source_credentials": user(base)}
		}, "impersonated", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			secret := func(base string) provider.Secret {
				text, _ := json.Marshal(c.file(base)) // strings do not fail
				return provider.Secret(text)
			}
			token, err := tokens.get(t.Context(), callWith(secret(googleServer(t, http.StatusOK).URL)), nil)
			if err != nil || token.AccessToken != c.token {
				t.Fatalf("token %v, %v", token, err)
			}
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			if err := token.authorize(r); err != nil || r.Header.Get("Authorization") != "Bearer "+c.token || r.Header.Get("X-Goog-User-Project") != c.project {
				t.Errorf("headers %v, %v", r.Header, err)
			}
			for status, kind := range map[int]fault.Kind{http.StatusBadRequest: fault.VendorAuth, http.StatusServiceUnavailable: fault.Unavailable} {
				_, err := tokens.get(t.Context(), callWith(secret(googleServer(t, status).URL)), nil)
				if f := fault.From(err); f == nil || f.Kind != kind || f.Charged != fault.ChargedNo || strings.Contains(f.Error(), "prose") {
					t.Errorf("%d: %v", status, err)
				}
			}
		})
	}
}

// TestDefaultCredentials: credentials of the machine make an account only if a project is
// set, and no server is asked before the first call.
func TestDefaultCredentials(t *testing.T) {
	const gcs = "https://storage.googleapis.com"
	for _, name := range []string{"GCE_METADATA_HOST", "K_SERVICE", "GOOGLE_APPLICATION_CREDENTIALS"} {
		t.Setenv(name, "")
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("APPDATA", filepath.Join(home, ".config"))
	accounts := func(project string) []provider.Account {
		t.Helper()
		list, err := (&settings{Project: project, Location: "global", GCS: gcs}).Accounts()
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if hasDefaultCredentials() {
		t.Log("this machine is one of Google's")
	} else if list := accounts("mine"); len(list) != 0 {
		t.Errorf("an account without any credentials: %+v", list)
	}

	srv := googleServer(t, http.StatusOK)
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(srv.URL, "http://"))
	if list := accounts(""); len(list) != 0 {
		t.Errorf("an account without a project: %+v", list)
	}
	list := accounts("mine")
	if len(list) != 1 || list[0].Attrs[attrProject] != "mine" || list[0].Variable != "GOOGLE_CLOUD_PROJECT" || !list[0].Found {
		t.Fatalf("accounts %+v", list)
	}
	call := callWith(list[0].Secret)
	token, err := fetchToken(t.Context(), call)
	if err != nil || token.AccessToken != "for " || token.userProject != "" {
		t.Errorf("token of the metadata server %v, %v", token, err)
	}

	if err := os.MkdirAll(filepath.Dir(gcloudFile()), 0o700); err != nil {
		t.Fatal(err)
	}
	file, _ := json.Marshal(map[string]string{"type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "bob", "token_uri": srv.URL})
	if err := os.WriteFile(gcloudFile(), file, 0o600); err != nil {
		t.Fatal(err)
	}
	token, err = fetchToken(t.Context(), call)
	if err != nil || token.AccessToken != "for bob" || token.userProject != "mine" {
		t.Errorf("token of gcloud's file %v, %v", token, err)
	}
}
