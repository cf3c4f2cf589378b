package vertex

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"aigc/app/provider"
)

const scope = "https://www.googleapis.com/auth/cloud-platform"

// defaultCredentials is the secret of the account that uses Google's application default
// credentials. They are looked for at the first request, see [exchange].
const defaultCredentials provider.Secret = "application default credentials"

// credentialsFile has the fields of all types of Google's credentials that are checked at
// start. Source: "Application Default Credentials" in Google's documentation on
// authentication.
type credentialsFile struct {
	Type         google.CredentialsType `json:"type"`
	ProjectID    string                 `json:"project_id"`
	ClientEmail  string                 `json:"client_email"`
	PrivateKey   string                 `json:"private_key"`
	KeyID        string                 `json:"private_key_id"`
	TokenURI     string                 `json:"token_uri"`
	ClientID     string                 `json:"client_id,omitempty"`
	ClientSecret string                 `json:"client_secret,omitempty"`
	RefreshToken string                 `json:"refresh_token,omitempty"`
	QuotaProject string                 `json:"quota_project_id,omitempty"`

	Audience         string          `json:"audience,omitempty"`           // external_account
	TokenURL         string          `json:"token_url,omitempty"`          // external_account
	CredentialSource json.RawMessage `json:"credential_source,omitempty"`  // external_account
	Source           json.RawMessage `json:"source_credentials,omitempty"` // impersonated_service_account
	Impersonation    string          `json:"service_account_impersonation_url,omitempty"`
}

// readCredentials reads the setting: JSON, or the path of a file with it, which may be
// written as "file:PATH" like that of any secret.
func readCredentials(setting string) (provider.Secret, error) {
	if strings.HasPrefix(strings.TrimSpace(setting), "{") {
		return provider.Secret(setting), nil
	}
	var text provider.Secret
	if err := text.Decode("file:" + strings.TrimPrefix(setting, "file:")); err != nil {
		return "", errors.New("GOOGLE_APPLICATION_CREDENTIALS: the file cannot be read, or is empty") // the error has the path, which may be JSON with a mistake
	}
	return text, nil
}

// parseCredentials returns the credentials, and what is wrong with them; empty if nothing
// is.
func parseCredentials(text []byte) (f credentialsFile, fault string) {
	if json.Unmarshal(text, &f) != nil {
		return f, "is not JSON with credentials of Google"
	}
	lacks := func(values ...string) string {
		for _, v := range values {
			if v == "" {
				return fmt.Sprintf("the credentials of type %s are not complete", f.Type)
			}
		}
		return ""
	}
	switch f.Type {
	case google.ServiceAccount:
		if f.ClientEmail == "" || !isPrivateKey(f.PrivateKey) {
			return f, "is not the key of a service account"
		}
	case google.AuthorizedUser:
		fault = lacks(f.ClientID, f.ClientSecret, f.RefreshToken)
	case google.ExternalAccount:
		fault = lacks(f.Audience, f.TokenURL, string(f.CredentialSource))
	case google.ExternalAccountAuthorizedUser:
		fault = lacks(f.TokenURL, f.RefreshToken)
	case google.ImpersonatedServiceAccount:
		fault = lacks(f.Impersonation, string(f.Source))
	default:
		return f, "is not of a type that is supported: service_account, authorized_user, external_account, external_account_authorized_user, impersonated_service_account"
	}
	return f, fault
}

// hasDefaultCredentials reports whether Google's default credentials may be found on this
// machine: gcloud's file, or a metadata server. It asks no server.
func hasDefaultCredentials() bool {
	if _, err := os.Stat(gcloudFile()); err == nil {
		return true
	}
	if os.Getenv("GCE_METADATA_HOST") != "" || os.Getenv("K_SERVICE") != "" { // K_SERVICE: Cloud Run
		return true
	}
	product, _ := os.ReadFile("/sys/class/dmi/id/product_name") // other systems have no such file
	return strings.HasPrefix(string(product), "Google")
}

// gcloudFile is where gcloud stores application default credentials.
func gcloudFile() string {
	const name = "application_default_credentials.json"
	if runtime.GOOS == "windows" {
		return filepath.Join(os.Getenv("APPDATA"), "gcloud", name)
	}
	home, _ := os.UserHomeDir() // empty: the path does not exist
	return filepath.Join(home, ".config", "gcloud", name)
}

// errCredentials says that credentials cannot be used, before any server is asked.
var errCredentials = errors.New("the credentials cannot be read or were not found")

// accessToken is a token with what else a request needs for it.
type accessToken struct {
	*oauth2.Token
	userProject string // project that pays for a user's requests; empty for other credentials
}

// authorize adds the token to a request. A user's request names the project that it is
// counted for; those of service accounts belong to their own.
func (t *accessToken) authorize(r *http.Request) error {
	if t.userProject != "" {
		r.Header.Set("X-Goog-User-Project", t.userProject)
	}
	return provider.BearerToken(provider.Secret(t.AccessToken))(r)
}

// exchange makes an access token of an account's credentials. The context has the HTTP
// client to use.
func exchange(ctx context.Context, a provider.Account) (*accessToken, error) {
	found, err := findCredentials(ctx, a)
	if err != nil {
		return nil, errCredentials // the library's error may quote the file
	}
	var file credentialsFile
	_ = json.Unmarshal(found.JSON, &file) // those of a metadata server have no file
	token, err := found.TokenSource.Token()
	if err != nil {
		return nil, err
	}
	if token.AccessToken == "" {
		return nil, errors.New("the answer has no token")
	}
	out := &accessToken{Token: token}
	if file.Type == google.AuthorizedUser || file.Type == google.ExternalAccountAuthorizedUser {
		out.userProject = a.Attrs[attrProject]
	}
	return out, nil
}

// findCredentials reads the account's credentials, or looks for the default ones.
func findCredentials(ctx context.Context, a provider.Account) (*google.Credentials, error) {
	if a.Secret == defaultCredentials {
		return google.FindDefaultCredentials(ctx, scope)
	}
	text := []byte(a.Secret.Reveal())
	file, fault := parseCredentials(text)
	if fault != "" {
		return nil, errors.New(fault)
	}
	return google.CredentialsFromJSONWithType(ctx, text, file.Type, scope)
}

// isPrivateKey reports whether text is a private key in PEM, PKCS #8 or PKCS #1.
func isPrivateKey(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return false
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return true
	}
	_, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	return err == nil
}
