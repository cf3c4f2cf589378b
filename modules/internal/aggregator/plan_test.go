package aggregator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/aggregator"

	"github.com/kelseyhightower/envconfig"
)

// What the aggregator may not honour is said, and no price is quoted.
func TestPlan(t *testing.T) {
	t.Parallel()
	reg, err := module.NewRegistry(toy)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		kind, model, input string
		count              int
		warnings           []string // their beginnings
	}{
		"plain":           {"toy.image", "seedream-4", `{"prompt":"x","n":1,"steps":20,"quality":"auto"}`, 1, nil},
		"doubtful fields": {"toy.image", "seedream-4", `{"prompt":"x","n":3,"seed":1,"negative_prompt":"y","aspect_ratio":"1:1","steps":9}`, 3, []string{"The aggregator may ignore aspect_ratio, negative_prompt, seed, steps."}},
		"OpenAI's model":  {"toy.image", "gpt-image-2", `{"prompt":"x","seed":1,"watermark":true,"moderation":"low"}`, 1, []string{"watermark ignored", "seed ignored"}},
		"no watermark":    {"toy.image", "gpt-image-2", `{"prompt":"x","watermark":false}`, 1, nil},
		"old words":       {"toy.image", "gpt-image-2", `{"prompt":"x","quality":"hd","style":"vivid","output_format":"png"}`, 1, []string{"quality hd rounded to the nearest supported value, high.", "style ignored"}},
		"DALL·E":          {"toy.image", "dall-e-3", `{"prompt":"x","quality":"hd","style":"vivid","output_format":"webp"}`, 1, []string{"output_format ignored"}},
		"videos":          {"toy.video", "veo-3.1", `{"prompt":"x","n":2,"resolution":"720p","aspect_ratio":"16:9","seconds":8,"images":["a"]}`, 2, nil},
		"fields of a few": {"toy.video", "veo-3.1", `{"prompt":"x","resolution":"1080p","aspect_ratio":"9:16","seconds":4,"images":["a","b"]}`, 1, []string{"The aggregator may ignore aspect_ratio, resolution, the duration."}},
		"video":           {"toy.video", "veo-3.1", `{"prompt":"x","seed":1,"generate_audio":false,"enhance_prompt":true}`, 1, []string{"The aggregator may ignore generate_audio, seed."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reg.Operation(c.kind).Routes[0]
			p, err := r.Plan(json.RawMessage(c.input), r.Target(c.model))
			if err != nil || p.Count != c.count || p.Quote != nil {
				t.Fatalf("%+v %v", p, err)
			}
			if fixed := strings.Contains(c.input, `"seed":1`); c.kind == "toy.image" && p.RandomSeed == fixed {
				t.Errorf("random seed %v", p.RandomSeed)
			}
			if !slices.EqualFunc(p.Warnings, c.warnings, strings.HasPrefix) {
				t.Errorf("%q, want %q", p.Warnings, c.warnings)
			}
		})
	}
}

// An image that no field of the aggregator can hold is refused.
func TestImagesOfNoUse(t *testing.T) {
	t.Parallel()
	reg, err := module.NewRegistry(toy)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		kind, input string
		want        []string // fields
	}{
		"a logo":         {"toy.image", `{"prompt":"x","logo":"a"}`, []string{"logo"}},
		"a video":        {"toy.video", `{"prompt":"x","video":"a"}`, []string{"video"}},
		"an input image": {"toy.image", `{"prompt":"x","images":["a"]}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reg.Operation(c.kind).Routes[0]
			faults, err := r.Check(json.RawMessage(c.input), r.Target("veo-3.1"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range faults {
				got = append(got, f.Field)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("faults of %q, want %q", got, c.want)
			}
		})
	}
	// A dialect with one image for a video refuses the second before it sends anything.
	for _, dialect := range []string{"videos", "video_generations"} {
		r := reg.Operation("toy.video").Routes[0]
		call := provider.Call{Account: provider.Account{Attrs: map[string]string{"video": dialect}}, Model: "veo-3.1"}
		_, _, err := r.AnyDriver.Submit(t.Context(), call, json.RawMessage(`{"prompt":"x","images":["a","b"]}`))
		if f := fault.From(err); f == nil || f.Kind != fault.Invalid || f.Charged != fault.ChargedNo || !strings.Contains(f.Message, "body.images: the aggregator takes one image") {
			t.Errorf("%s: %v", dialect, err)
		}
	}
}

// Models keep their ids and lose their prices; chatfire's names are ids and no aliases.
func TestModels(t *testing.T) {
	t.Parallel()
	images := aggregator.Images[imageInput](models, models)
	if len(images.Models) != len(models) || images.Models[0].Prices != nil || models[0].Prices == nil {
		t.Errorf("%+v", images.Models)
	}
	videos := aggregator.Videos[videoInput](veoModels)
	if m, ok := videos.Terms.Model("veo3"); !ok || m.ID != "veo3" {
		t.Errorf("veo3 is %+v", m)
	}
	if m, ok := videos.Terms.Model("veo-fast"); !ok || m.ID != "veo-3.1-fast" {
		t.Errorf("veo-fast is %+v", m)
	}
	if d := videos.Default(); d.ID != "veo-3.1-fast" {
		t.Errorf("the default is %s", d.ID)
	}
}

// A model of chatfire from images needs images.
func TestCheck(t *testing.T) {
	t.Parallel()
	r := aggregator.Videos[videoInput](veoModels).Route
	for input, faults := range map[string]int{`{"prompt":"x"}`: 1, `{"prompt":" "}`: 2, `{"prompt":"x","images":["a"]}`: 0} {
		if got, err := r.Check(json.RawMessage(input), r.Target("veo3-pro-frames")); err != nil || len(got) != faults {
			t.Errorf("%s: %v %v", input, got, err)
		}
	}
	if got, err := r.Check(json.RawMessage(`{"prompt":"x"}`), r.Target("veo-3.1")); err != nil || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
}

func TestSettings(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		base string // of the account
		err  string
	}{
		"none":           {nil, "", ""},
		"with /v1":       {map[string]string{"IMAGES_API_KEY": "k", "IMAGES_API_BASE_URL": "https://api.example/v1/"}, "https://api.example", ""},
		"without /v1":    {map[string]string{"IMAGES_API_KEY": "k", "IMAGES_API_BASE_URL": "https://api.example/x", "IMAGES_API_VIDEO": "videos"}, "https://api.example/x", ""},
		"no address":     {map[string]string{"IMAGES_API_KEY": "k"}, "", "IMAGES_API_BASE_URL"},
		"unknown videos": {map[string]string{"IMAGES_API_KEY": "k", "IMAGES_API_BASE_URL": "https://api.example", "IMAGES_API_VIDEO": "sora"}, "", "IMAGES_API_VIDEO"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, k := range []string{"IMAGES_API_KEY", "IMAGES_API_BASE_URL", "IMAGES_API_VIDEO"} {
				t.Setenv(k, c.env[k])
			}
			s := aggregator.Vendor().Settings()
			if err := envconfig.Process("IMAGES_API", s); err != nil {
				t.Fatal(err)
			}
			accounts, err := s.Accounts()
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("%v, want %s", err, c.err)
				}
				return
			}
			if err != nil || c.base == "" && len(accounts) > 0 {
				t.Fatalf("%+v %v", accounts, err)
			}
			if c.base != "" && (len(accounts) != 1 || accounts[0].BaseURL != c.base || accounts[0].Attrs["video"] != c.env["IMAGES_API_VIDEO"]) {
				t.Errorf("%+v", accounts)
			}
		})
	}
}

// The list of served models needs the key.
func TestServedModels(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/v1/models":
			w.WriteHeader(http.StatusNotFound)
			return
		case r.Header.Get("Authorization") != "Bearer secret":
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"object":"list","data":[{"id":"seedream-4"},{"id":""},{"id":"veo3"}]}`))
	}))
	defer srv.Close()
	call := provider.Call{Account: provider.Account{Vendor: "aggregator", BaseURL: srv.URL, Secret: "secret"}, HTTP: &provider.Client{HTTP: provider.NewTransport()}}
	if ids, err := aggregator.Vendor().Models(t.Context(), call); err != nil || !slices.Equal(ids, []string{"seedream-4", "veo3"}) {
		t.Errorf("%q %v", ids, err)
	}
	call.Account.Secret = "other"
	if _, err := aggregator.Vendor().Models(t.Context(), call); fault.KindOf(err) != fault.VendorAuth {
		t.Errorf("with a wrong key: %v", err)
	}
	call.Account.Secret, call.Account.BaseURL = "secret", srv.URL+"/x"
	if _, err := aggregator.Vendor().Models(t.Context(), call); fault.KindOf(err) != fault.NotFound || !strings.Contains(fault.From(err).Message, "IMAGES_API_BASE_URL") {
		t.Errorf("without a list: %v", err)
	}
}

// Only the content of a video at the account's own host is fetched with the key.
func TestHandles(t *testing.T) {
	t.Parallel()
	f, ok := aggregator.Videos[videoInput](veoModels).AnyDriver.Driver().(provider.Fetcher)
	if !ok {
		t.Fatal("the driver is no Fetcher")
	}
	c := provider.Call{Account: provider.Account{BaseURL: "https://api.example/x"}}
	for address, want := range map[string]bool{
		"/v1/videos/1/content":                                              true,
		"https://api.example/x/v1/videos/1/content":                         true,
		"https://api.example/x/v1/videos/1/content?variant=video":           true,
		"https://api.example/v1/videos/1/content":                           false,
		"https://api.example/x/v1/videos/1/thumbnail?for=/content":          false,
		"https://r.example/v1/videos/1/content":                             false,
		"https://api.example/x@r.example/v1/videos/1/content":               false,
		"https://api.example/x.r.example/v1/videos/1/content":               false,
		"//r.example/v1/videos/1/content":                                   false,
		"https://r.example/?next=https://api.example/x/v1/videos/1/content": false,
	} {
		if got := f.Handles(c, address); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
}
