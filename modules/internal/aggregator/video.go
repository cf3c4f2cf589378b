package aggregator

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
)

// videoDriver makes videos of any input with a common vocabulary, in the dialect of the
// account.
type videoDriver[In provider.CommonInput] struct{}

// videoAttr is the attribute of an account that names its dialect.
const videoAttr = "video"

// The dialects of videos; IMAGES_API_VIDEO has these values.
const (
	chatfire          = "chatfire"
	videos            = "videos"             // OpenAI's
	videoGenerations  = "video_generations"  // every new-api site
	videosGenerations = "videos_generations" // aimlapi, APIMart, EvoLink, xAI
)

var dialects = []string{chatfire, videos, videoGenerations, videosGenerations}

func dialect(c provider.Call) string {
	if d := c.Account.Attrs[videoAttr]; d != "" {
		return d
	}
	return chatfire
}

// chatfireModels are the only ids that chatfire serves; those with frames need images.
var chatfireModels = []module.Model{
	{ID: "veo3", Title: "Veo 3 of chatfire", Doc: "aggregator chatfire"},
	{ID: "veo3-frames", Title: "Veo 3 of chatfire, from images", Doc: "aggregator chatfire; needs images"},
	{ID: "veo3-pro", Title: "Veo 3 pro of chatfire", Doc: "aggregator chatfire, better quality"},
	{ID: "veo3-pro-frames", Title: "Veo 3 pro of chatfire, from images", Doc: "aggregator chatfire, better quality; needs images"},
}

const framesSuffix = "-frames"

// chatfireModel is the id for chatfire: one of its own with or without frames, as the
// input has images. An id that neither chatfire nor Google has is passed on.
func chatfireModel(model string, images int) string {
	base := strings.TrimSuffix(model, framesSuffix)
	switch {
	case slices.ContainsFunc(chatfireModels, func(m module.Model) bool { return m.ID == model }):
	case !strings.HasPrefix(model, "veo-"):
		return model
	case strings.Contains(model, "fast"), strings.Contains(model, "lite"):
		base = "veo3"
	default:
		base = "veo3-pro"
	}
	if images > 0 {
		return base + framesSuffix
	}
	return base
}

// Plan implements [module.Planner]. The dialect is the account's and not known here, so
// the warnings name all fields that a host may ignore.
func (videoDriver[In]) Plan(in In, _ module.Target) module.Plan {
	c := in.Common()
	notes := &provider.Notes{Model: "the aggregator"}
	doubtful := metadata(c)
	delete(doubtful, enhancePrompt)
	for name, given := range map[string]bool{
		"aspect_ratio": c.AspectRatio != "" && c.AspectRatio != "16:9", "resolution": c.Resolution != "" && c.Resolution != "720p",
		"the duration": seconds(c) != defaultSeconds,
	} {
		if given {
			doubtful[name] = true
		}
	}
	if len(doubtful) > 0 {
		notes.Say("The aggregator may ignore %s.", strings.Join(slices.Sorted(maps.Keys(doubtful)), ", "))
	}
	return module.Plan{Count: max(1, c.N), Warnings: notes.Warnings()}
}

const enhancePrompt = "enhance_prompt"

// Check implements [module.Checker].
func (videoDriver[In]) Check(in In, t module.Target) []module.FieldError {
	faults := append(checkPrompt(in), omitted(in)...)
	known := slices.ContainsFunc(chatfireModels, func(m module.Model) bool { return m.ID == t.Model })
	if known && strings.HasSuffix(t.Model, framesSuffix) && len(in.Common().Images) == 0 {
		faults = append(faults, module.FieldError{Field: "images", Message: "the model " + t.Model + " requires images"})
	}
	return faults
}

// Submit implements [provider.MixedDriver].
func (videoDriver[In]) Submit(ctx context.Context, c provider.Call, in In) (provider.Outcome, error) {
	common := in.Common()
	if err := checkFrames(common, dialect(c)); err != nil {
		return provider.Outcome{}, err
	}
	e := provider.NewEmbedder(c)
	width, height := pixels(common)
	f := map[string]any{"model": c.Model, "prompt": common.Prompt}
	path := ""
	switch dialect(c) {
	case chatfire:
		path = "/veo/v1/videos/generations"
		f["model"] = chatfireModel(c.Model, len(common.Images))
		if images := e.AddAll(ctx, imageRule, common.Images); len(images) > 0 {
			f["images"] = images
		}
		if enhance, given := common.Other[enhancePrompt]; given {
			f[enhancePrompt] = enhance
		}
	case videos:
		return submitVideos(ctx, c, common)
	case videoGenerations:
		path = "/v1/video/generations"
		f["width"], f["height"], f["duration"] = width, height, seconds(common)
		if len(common.Images) > 0 {
			f["image"] = e.Add(ctx, imageRule, common.Images[0])
		}
		if m := metadata(common); len(m) > 0 {
			f["metadata"] = m
		}
	case videosGenerations:
		path = "/v1/videos/generations"
		f["duration"] = seconds(common)
		if common.AspectRatio != "" {
			f["aspect_ratio"] = common.AspectRatio
		}
		if common.Resolution != "" {
			f["resolution"] = common.Resolution
		}
		if images := e.AddAll(ctx, imageRule, common.Images); len(images) > 0 {
			f["image_urls"] = images
		}
	}
	body, err := e.Body(f)
	if err != nil {
		return provider.Outcome{}, err
	}
	return submit(ctx, c, provider.Request{URL: path, Body: body})
}

// checkFrames refuses more images than a dialect has a place for. The dialect is known
// from the account, so that this is found only before the request is sent.
func checkFrames(c provider.Common, dialect string) error {
	if len(c.Images) <= 1 || dialect == chatfire || dialect == videosGenerations {
		return nil
	}
	return fault.InvalidInput(fault.Detail{Location: "body.images", Message: fmt.Sprintf("the aggregator takes one image for a video (IMAGES_API_VIDEO is %s), not %d", dialect, len(c.Images))})
}

// submitVideos submits in OpenAI's dialect: as a form if there is a first frame.
func submitVideos(ctx context.Context, c provider.Call, common provider.Common) (provider.Outcome, error) {
	f := map[string]any{
		"model": c.Model, "prompt": common.Prompt, "seconds": strconv.Itoa(seconds(common)), "size": provider.FormatSize(pixels(common)),
	}
	r := provider.Request{URL: "/v1/videos", Body: f}
	if len(common.Images) > 0 {
		e := provider.NewEmbedder(c)
		file, _ := e.Open(ctx, imageRule, common.Images[0])
		if err := e.Err(); err != nil {
			return provider.Outcome{}, err
		}
		r.Body, r.Form = nil, form(f)
		r.Form.File("input_reference", file)
	}
	return submit(ctx, c, r)
}

// defaultSeconds is the duration that all Veo models make.
const defaultSeconds = 8

func seconds(c provider.Common) int { return cmp.Or(c.Seconds, defaultSeconds) }

// metadata are the fields that reach the vendor as they are.
func metadata(c provider.Common) map[string]any {
	m := map[string]any{}
	for name, value := range c.Other {
		m[name] = value
	}
	if c.NegativePrompt != "" {
		m["negative_prompt"] = c.NegativePrompt
	}
	if c.Seed != nil {
		m["seed"] = *c.Seed
	}
	return m
}

// videoPaths are the addresses of jobs in each dialect.
var videoPaths = map[string][]string{
	chatfire:          {"/veo/v1/videos/generations?id={id}"},
	videos:            {"/v1/videos/{id}"},
	videoGenerations:  {"/v1/video/generations/{id}"},
	videosGenerations: {"/v1/videos/generations/{id}", "/v1/tasks/{id}"},
}

// Poll implements [provider.MixedDriver]. In OpenAI's dialect a finished video whose
// answer has no URL is at an address that needs the key.
func (videoDriver[In]) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	var content []provider.Result
	if dialect(c) == videos {
		content = []provider.Result{{URL: c.Account.BaseURL + jobURL(videosPath+"{id}", t.ID) + contentPath}}
	}
	return poll(ctx, c, t, videoPaths[dialect(c)], content)
}

// The address of a finished video in OpenAI's dialect is /v1/videos/{id}/content.
const videosPath, contentPath = "/v1/videos/", "/content"

// Handles implements [provider.Fetcher]: addresses of videos that need the key.
func (videoDriver[In]) Handles(c provider.Call, address string) bool {
	u, err := url.Parse(strings.TrimPrefix(address, c.Account.BaseURL))
	return err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, videosPath) && strings.HasSuffix(u.Path, contentPath)
}

// Fetch implements [provider.Fetcher].
func (videoDriver[In]) Fetch(ctx context.Context, c provider.Call, address string, w io.Writer) error {
	res, err := c.HTTP.Stream(ctx, c, provider.Request{URL: address, Authorize: provider.Bearer(c)}, w)
	if err == nil && res.Status != http.StatusOK {
		err = fetchFault(c, res)
	}
	return err
}

// fetchFault is the fault of a result that could not be fetched.
func fetchFault(c provider.Call, res provider.Response) *fault.Error {
	f := responseFault(c, res)
	if res.Status == http.StatusNotFound || res.Status == http.StatusForbidden || res.Status == http.StatusGone {
		f.Kind, f.Code = fault.ResultExpired, "result_expired"
	}
	return f
}
