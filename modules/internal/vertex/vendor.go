package vertex

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"aigc/app/provider"
)

// Vendor is Google's Agent Platform.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "vertex", Title: title, BaseURL: "https://us-central1-aiplatform.googleapis.com", Hosts: []string{"aiplatform.googleapis.com", ".rep.googleapis.com"},
		KeyVariable: "GOOGLE_APPLICATION_CREDENTIALS", Settings: func() provider.Settings { return &settings{} },
		Probe: probe,
	}
}

// settings are the environment variables; the first three are Google's own names.
type settings struct {
	Credentials string `envconfig:"GOOGLE_APPLICATION_CREDENTIALS" desc:"file with credentials of Google, or their JSON: a service account, a user, workload identity; default those of the machine, if GOOGLE_CLOUD_PROJECT is set"`
	Project     string `envconfig:"GOOGLE_CLOUD_PROJECT" desc:"project; default that of the credentials"`
	Location    string `envconfig:"GOOGLE_CLOUD_LOCATION" default:"us-central1" desc:"region of the models, or global, us, eu"`
	BaseURL     string `envconfig:"VERTEX_BASE_URL" desc:"URL of the API, instead of the location's"`
	GCS         string `envconfig:"GCS_BASE_URL" default:"https://storage.googleapis.com" desc:"URL of Cloud Storage"`
	Storage     string `envconfig:"VEO_STORAGE_URI" desc:"gs://bucket/prefix for results; with it a lost answer can be looked up"`
}

// Attributes of an account.
const (
	attrProject  = "project"
	attrLocation = "location"
	attrGCS      = "gcs"
	attrStorage  = "storage"
)

// Accounts implements [provider.Settings]. Without credentials in the settings,
// Google's default credentials make an account, but only if a project is set and this
// machine seems to have some: they are often found where nothing is to be bought with
// them.
func (s *settings) Accounts() ([]provider.Account, error) {
	account := provider.Account{Variable: "GOOGLE_APPLICATION_CREDENTIALS"}
	var faults []error
	bad := func(text string) { faults = append(faults, errors.New(text)) }
	switch {
	case s.Credentials != "":
		text, err := readCredentials(s.Credentials)
		if err != nil {
			return nil, err
		}
		file, fault := parseCredentials([]byte(text))
		if fault != "" {
			bad("GOOGLE_APPLICATION_CREDENTIALS: " + fault)
		}
		if s.Project == "" {
			s.Project = file.ProjectID
		}
		account.Secret = text
	case s.Project != "" && hasDefaultCredentials():
		account.Secret, account.Variable, account.Found = defaultCredentials, "GOOGLE_CLOUD_PROJECT", true
	default:
		return nil, nil
	}
	if s.Project == "" {
		bad("GOOGLE_CLOUD_PROJECT: is not set, and the credentials have no project_id")
	}
	if s.BaseURL == "" {
		s.BaseURL = defaultEndpoint(s.Location)
	}
	if !isHTTP(s.BaseURL) {
		bad("VERTEX_BASE_URL: is not an http(s) URL")
	}
	if !isHTTP(s.GCS) {
		bad("GCS_BASE_URL: is not an http(s) URL")
	}
	if u, err := url.Parse(s.Storage); s.Storage != "" && (err != nil || u.Scheme != "gs" || u.Host == "") {
		bad("VEO_STORAGE_URI: is not gs://bucket/prefix")
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	account.BaseURL = strings.TrimRight(s.BaseURL, "/")
	account.Attrs = map[string]string{
		attrProject: s.Project, attrLocation: s.Location, attrGCS: strings.TrimRight(s.GCS, "/"), attrStorage: strings.TrimRight(s.Storage, "/"),
	}
	return []provider.Account{account}, nil
}

func isHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// defaultEndpoint is the API's URL in a location.
func defaultEndpoint(location string) string {
	switch location {
	case "global":
		return "https://aiplatform.googleapis.com"
	case "us", "eu":
		return fmt.Sprintf("https://aiplatform.%s.rep.googleapis.com", location)
	}
	return fmt.Sprintf("https://%s-aiplatform.googleapis.com", location)
}

// probe fetches an access token, which is free and needs the key.
func probe(ctx context.Context, c provider.Call) error {
	_, err := fetchToken(ctx, c)
	return err
}
