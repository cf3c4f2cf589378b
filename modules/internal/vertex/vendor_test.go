package vertex

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret, _ := testAccount("http://127.0.0.1:1")
	good := file("good.json", secret.Reveal())
	foreign := file("foreign.json", strings.Replace(secret.Reveal(), "service_account", "external_account", 1))
	damaged := file("damaged.json", strings.Replace(secret.Reveal(), "MII", "XXX", 1))
	const gcs = "https://storage.googleapis.com"
	cases := []struct {
		name  string
		s     settings
		base  string // of the account
		wrong []string
	}{
		{"nothing", settings{GCS: gcs}, "", nil},
		{"region", settings{Credentials: good, Location: "europe-west4", GCS: gcs}, "https://europe-west4-aiplatform.googleapis.com", nil},
		{"global", settings{Credentials: good, Location: "global", GCS: gcs}, "https://aiplatform.googleapis.com", nil},
		{"many regions", settings{Credentials: good, Location: "eu", GCS: gcs}, "https://aiplatform.eu.rep.googleapis.com", nil},
		{"gateway", settings{Credentials: good, Location: "us", GCS: gcs, BaseURL: "http://10.0.0.1:8080/v/"}, "http://10.0.0.1:8080/v", nil},
		{"bucket", settings{Credentials: good, Location: "us-central1", GCS: gcs, Storage: "gs://videos/out/"}, "https://us-central1-aiplatform.googleapis.com", nil},
		{"file: before the path", settings{Credentials: "file:" + good, Location: "global", GCS: gcs}, "https://aiplatform.googleapis.com", nil},
		{"JSON in the variable", settings{Credentials: "\n" + testCredentials(), Location: "global", GCS: gcs}, "https://aiplatform.googleapis.com", nil},
		{"a user", settings{Credentials: file("user.json", `{"type":"authorized_user","client_id":"i","client_secret":"s","refresh_token":"r"}`), Project: "test", Location: "global", GCS: gcs}, "https://aiplatform.googleapis.com", nil},
		{"a user without a project", settings{Credentials: file("user2.json", `{"type":"authorized_user","client_id":"i","client_secret":"s","refresh_token":"r"}`), GCS: gcs}, "", []string{"GOOGLE_CLOUD_PROJECT"}},
		{"a user without a token", settings{Credentials: file("user3.json", `{"type":"authorized_user","client_id":"i","client_secret":"s"}`), Project: "test", GCS: gcs}, "", []string{"GOOGLE_APPLICATION_CREDENTIALS"}},
		{"workload identity", settings{Credentials: file("pool.json", `{"type":"external_account","audience":"a","token_url":"https://sts.googleapis.com/v1/token","credential_source":{"file":"/t"}}`), Project: "test", Location: "global", GCS: gcs}, "https://aiplatform.googleapis.com", nil},
		{"impersonation", settings{Credentials: file("as.json", `{"type":"impersonated_service_account","service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/x","source_credentials":{}}`), Project: "test", Location: "global", GCS: gcs}, "https://aiplatform.googleapis.com", nil},
		{"broken JSON in the variable", settings{Credentials: "{", GCS: gcs}, "", []string{"GOOGLE_APPLICATION_CREDENTIALS"}},
		{"no file", settings{Credentials: filepath.Join(dir, "none"), GCS: gcs}, "", []string{"GOOGLE_APPLICATION_CREDENTIALS"}},
		{"another type", settings{Credentials: foreign, GCS: gcs}, "", []string{"GOOGLE_APPLICATION_CREDENTIALS"}},
		{"damaged key", settings{Credentials: damaged, GCS: gcs}, "", []string{"GOOGLE_APPLICATION_CREDENTIALS"}},
		{"all at once", settings{Credentials: file("empty.json", "{}"), BaseURL: "vertex", GCS: "gcs", Storage: "s3://x"}, "",
			[]string{"GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "VERTEX_BASE_URL", "GCS_BASE_URL", "VEO_STORAGE_URI"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			list, err := c.s.Accounts()
			if (err != nil) != (len(c.wrong) > 0) || (len(list) == 1) != (c.base != "") {
				t.Fatalf("%d accounts, %v", len(list), err)
			}
			for _, name := range c.wrong {
				if !strings.Contains(err.Error(), name+": ") {
					t.Errorf("%v does not speak of %s", err, name)
				}
			}
			if c.base == "" {
				return
			}
			if a := list[0]; a.BaseURL != c.base || a.Attrs[attrProject] != "test" || strings.HasSuffix(a.Attrs[attrStorage], "/") {
				t.Errorf("%+v", a)
			}
		})
	}
}
