package aggregator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aigc/app/module"
	"aigc/app/provider"
)

// Vendor describes an aggregator. It has no official address: IMAGES_API_BASE_URL names
// the host.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "aggregator", Title: "the aggregator", Prefix: "IMAGES_API", KeyVariable: "IMAGES_API_KEY",
		Settings: func() provider.Settings { return &settings{} }, Models: servedModels,
	}
}

// settings are IMAGES_API_KEY, IMAGES_API_BASE_URL and IMAGES_API_VIDEO.
type settings struct {
	Key     []provider.Secret `desc:"API key of an aggregator of many vendors' models, several separated by commas"`
	BaseURL string            `split_words:"true" desc:"address of the aggregator, with or without /v1"`
	Video   string            `desc:"how the aggregator makes videos: chatfire (default), videos, video_generations, videos_generations"`
}

// Accounts implements [provider.Settings].
func (s *settings) Accounts() ([]provider.Account, error) {
	accounts := provider.KeyAccounts("IMAGES_API_KEY", s.Key, strings.TrimSuffix(strings.TrimRight(s.BaseURL, "/"), "/v1"))
	if len(accounts) > 0 && s.BaseURL == "" {
		return nil, errors.New("IMAGES_API_BASE_URL: is required with IMAGES_API_KEY")
	}
	if s.Video != "" && !slices.Contains(dialects, s.Video) {
		return nil, fmt.Errorf("IMAGES_API_VIDEO: must be one of %s", strings.Join(dialects, ", "))
	}
	for i := range accounts {
		accounts[i].Attrs = map[string]string{videoAttr: s.Video}
	}
	return accounts, nil
}

// submitLimit is the limit of one submission. Answers with the result take 80 to 190 s,
// some longer.
const submitLimit = 10 * time.Minute

// Images is the route of an operation that makes images. Its models are those of the
// operation's other routes, under the vendors' own ids; a host's own ids are passed on.
func Images[In provider.CommonInput](models ...[]module.Model) module.RouteOf[In] {
	return module.Mixed[In](Vendor(), imageDriver[In]{}, module.Terms{
		Models: served(models...), Submit: submitLimit, Poll: module.Interval{First: 3 * time.Second, Every: 3 * time.Second},
	})
}

// Videos is the route of an operation that makes videos.
func Videos[In provider.CommonInput](models ...[]module.Model) module.RouteOf[In] {
	return module.Mixed[In](Vendor(), videoDriver[In]{}, module.Terms{
		Models: append(served(models...), chatfireModels...), CountField: "n", CountAliases: []string{"sample_count"},
		Submit: submitLimit, Deadline: 45 * time.Minute, Poll: module.Interval{First: 10 * time.Second, Every: 10 * time.Second},
	})
}

// served are the models of other routes, without their prices, which the host sets, and
// without aliases that are ids of [chatfireModels].
func served(tables ...[]module.Model) (out []module.Model) {
	for _, m := range module.WithoutPrices(slices.Concat(tables...)) {
		if slices.ContainsFunc(out, func(o module.Model) bool { return o.ID == m.ID }) {
			continue
		}
		m.Aliases = slices.DeleteFunc(slices.Clone(m.Aliases), func(alias string) bool {
			return slices.ContainsFunc(chatfireModels, func(c module.Model) bool { return c.ID == alias })
		})
		out = append(out, m)
	}
	return out
}
