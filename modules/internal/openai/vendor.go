package openai

import (
	"context"
	"net/http"

	"aigc/app/provider"
)

// Vendor is OpenAI.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "openai", Title: "OpenAI", BaseURL: "https://api.openai.com/v1",
		Prefix: "OPENAI", Settings: provider.Keys("OPENAI"),
		Probe: probe,
	}
}

func authorize(c provider.Call) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+c.Account.Secret.Reveal())
		return nil
	}
}

// probe lists the models, which is free and needs the key.
func probe(ctx context.Context, c provider.Call) error {
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/models", Authorize: authorize(c)})
	if err != nil {
		return err
	}
	if res.Status != http.StatusOK {
		return failure(c, res)
	}
	return nil
}
