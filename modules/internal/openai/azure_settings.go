package openai

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"aigc/app/provider"
)

// azureSettings are AZURE_OPENAI_API_KEY, AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_VERSION
// and AZURE_OPENAI_DEPLOYMENTS.
type azureSettings struct {
	APIKey      []provider.Secret `split_words:"true" desc:"API key of an Azure OpenAI resource, several separated by commas"`
	Endpoint    string            `desc:"address of the resource: https://NAME.openai.azure.com"`
	APIVersion  string            `split_words:"true" default:"2025-04-01-preview" desc:"version of the API; v1: the newer path, which has none"`
	Deployments string            `desc:"the resource's deployments of image models: model:deployment, separated by commas"`
}

var (
	versionPattern    = regexp.MustCompile(`^(v1|20[0-9]{2}-[0-9]{2}-[0-9]{2}(-preview)?)$`)
	deploymentPattern = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]{0,99}):([A-Za-z0-9_-][A-Za-z0-9._-]{0,99})$`)
)

// Accounts implements [provider.Settings]. The error lists all faults; no value is shown,
// since it may be a key in the wrong variable.
func (s *azureSettings) Accounts() ([]provider.Account, error) {
	accounts := provider.KeyAccounts("AZURE_OPENAI_API_KEY", s.APIKey, s.Endpoint)
	var faults []error
	bad := func(name, what string) { faults = append(faults, errors.New(name+": "+what)) }
	if what := endpointFault(s.Endpoint); what != "" {
		bad("AZURE_OPENAI_ENDPOINT", what)
	}
	if !versionPattern.MatchString(s.APIVersion) {
		bad("AZURE_OPENAI_API_VERSION", "is neither a version such as 2025-04-01-preview nor v1")
	}
	models, attrs, wrong := s.deployments()
	for _, what := range wrong {
		bad("AZURE_OPENAI_DEPLOYMENTS", what)
	}
	if len(accounts) > 0 && s.Endpoint == "" {
		bad("AZURE_OPENAI_ENDPOINT", "is required with AZURE_OPENAI_API_KEY: https://NAME.openai.azure.com")
	}
	if len(accounts) > 0 && len(models) == 0 && len(wrong) == 0 {
		bad("AZURE_OPENAI_DEPLOYMENTS", "is required with AZURE_OPENAI_API_KEY: model:deployment, separated by commas, such as gpt-image-2:my-images")
	}
	for i := range accounts {
		accounts[i].Models, accounts[i].Attrs = models, attrs
	}
	return accounts, errors.Join(faults...)
}

// deployments reads AZURE_OPENAI_DEPLOYMENTS: the models, and the attributes of an account.
func (s *azureSettings) deployments() (models []string, attrs map[string]string, faults []string) {
	attrs = map[string]string{attrVersion: s.APIVersion}
	at := map[string]int{} // the entry of a model
	n := 0
	for entry := range strings.SplitSeq(s.Deployments, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		n++
		m := deploymentPattern.FindStringSubmatch(entry)
		switch {
		case m == nil:
			faults = append(faults, fmt.Sprintf("entry %d is not model:deployment, two names of letters, digits, dots, hyphens and underscores", n))
		case at[m[1]] > 0:
			faults = append(faults, fmt.Sprintf("entries %d and %d are of the same model; a model has one deployment", at[m[1]], n))
		default:
			at[m[1]] = n
			models, attrs[attrDeployment+m[1]] = append(models, m[1]), m[2]
		}
	}
	return models, attrs, faults
}

// endpointFault says what is wrong with the address of a resource; empty if nothing is.
// What is wrong with any address is found by the loader of the settings.
func endpointFault(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	official := AzureVendor().IsOfficialHost(strings.ToLower(endpoint))
	path := strings.ToLower(strings.TrimRight(u.Path, "/"))
	switch {
	case official && u.Scheme == "http":
		return "must begin with https://, or the key is sent unencrypted"
	case official && path != "", strings.HasSuffix(path, "/openai"), strings.Contains(path+"/", "/openai/"):
		return "must end before the path: /openai and what follows it are added"
	}
	return ""
}
