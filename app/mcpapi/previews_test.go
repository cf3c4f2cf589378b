package mcpapi

import (
	"strings"
	"testing"

	"aigc/app/service"
	"aigc/app/task"
)

func results(mime ...string) *service.View {
	v := &service.View{}
	for _, m := range mime {
		v.Data = append(v.Data, service.ResultView{MIMEType: m})
	}
	return v
}

// An answer says which images have no preview, and why.
func TestPreviewText(t *testing.T) {
	t.Parallel()
	png, svg, mp4 := "image/png", "image/svg+xml", "video/mp4"
	shown := func(indexes ...int) (out []preview) {
		for _, i := range indexes {
			out = append(out, preview{index: i, jpeg: []byte("x")})
		}
		return out
	}
	ten := results(png, png, png, png, png, png, png, png, png, png)
	for name, tc := range map[string]struct {
		view  *service.View
		shown []preview
		want  string
	}{
		"one":             {results(png), shown(0), ""},
		"a video":         {results(mp4), nil, ""},
		"a vector image":  {results(svg), nil, ""},
		"not made yet":    {results(png), nil, "No image has a preview here: they are not made yet, or cannot be made."},
		"one of two":      {results(png, png), shown(1), "1 of 2 images have a preview here (2), the others not: they are not made yet, or cannot be made."},
		"four of ten":     {ten, shown(0, 1, 2, 3), "4 of 10 images have a preview here (1, 2, 3, 4), the others not: an answer has at most 4."},
		"two of ten":      {ten, shown(0, 3), "2 of 10 images have a preview here (1, 4), the others not: an answer has at most 4, and they are not made yet, or cannot be made."},
		"beside a vector": {results(svg, png), shown(1), ""},
	} {
		got := previewText(tc.view, tc.shown)
		if got, _, _ = strings.Cut(got, " The URLs"); got != tc.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// An unfinished task says which call gets its result, and that its outcome is looked
// up only if it is.
func TestNextCall(t *testing.T) {
	t.Parallel()
	const lookedUp = "It is being looked up"
	for name, tc := range map[string]struct {
		view service.View
		next string
		look bool
	}{
		"running":   {service.View{Status: task.Running}, "wait_for_task", false},
		"doubt":     {service.View{Status: task.InDoubt}, "get_task", false},
		"looked up": {service.View{Status: task.InDoubt, LookupUntil: 1_800_000_000}, "get_task", true},
	} {
		tc.view.TaskID = "t1"
		got := viewOf(&tc.view)
		if got.Next == nil || got.Next.Tool != tc.next || got.Next.Arguments.TaskID != "t1" {
			t.Errorf("%s: %+v", name, got.Next)
		}
		if text := handleText(&tc.view); strings.Contains(text, lookedUp) != tc.look || !strings.Contains(text, tc.next) {
			t.Errorf("%s: %s", name, text)
		}
	}
	if viewOf(&service.View{Status: task.Succeeded}).Next != nil {
		t.Error("a finished task has a next call")
	}
}

// Without AIGC_MCP_LINKS, results have URLs in the text, and no resource links.
func TestNoResourceLinks(t *testing.T) {
	t.Parallel()
	c := start(t, newFake(t), func(c *Config) { c.ResourceLinks = false }).connect(t, nil, "")
	a := c.call("create_toy_image", map[string]any{"prompt": "x"})
	if len(a.links) > 0 || !strings.Contains(a.text, "http://gateway/api/images/") {
		t.Errorf("%d links, %s", len(a.links), a.text)
	}
}
