package openai

import (
	"net/http"

	"aigc/app/provider"
)

const title = "OpenAI"

// Vendor is OpenAI.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "openai", Title: title, BaseURL: "https://api.openai.com/v1",
		Prefix: "OPENAI", Settings: provider.Keys("OPENAI"),
		Probe: provider.ProbeGET("/models", provider.Bearer, http.StatusForbidden), // a restricted key may not list models
	}
}
