package openai

import (
	"net/http"

	"aigc/app/provider"
)

// Vendor is OpenAI.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "openai", Title: "OpenAI", BaseURL: "https://api.openai.com/v1",
		Prefix: "OPENAI", Settings: provider.Keys("OPENAI"),
		Probe: provider.ProbeGET("/models", provider.Bearer, http.StatusForbidden), // a restricted key may not list models
	}
}
