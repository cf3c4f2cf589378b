package apptest_test

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/sandbox/picture"
	"aigc/app/task"
	"aigc/modules"
)

// Every tool of the replaced service can be called under its names, with the
// suffix "_tool" and without, and with all its arguments.
func TestOldToolNames(t *testing.T) {
	t.Parallel()
	p, _ := startServer(t)
	a := connect(t, p, "", "")
	fox := upload(t, a)
	video := a.call("create_veo3_video", map[string]any{"prompt": "a boat"})
	for video.Status != task.Succeeded && !video.failed {
		video = a.call("wait_for_task", map[string]any{"task_id": video.TaskID})
	}
	for name, tc := range map[string]struct {
		module string // that has the tool; the tool is skipped while there is no such module
		args   map[string]any
		fault  string // the only fault; empty: the call succeeds
	}{
		"create_gpt_image": {"gpt", map[string]any{"model": "gpt-image-1", "n": 1, "response_format": "url", "size": "auto", "background": "auto", "quality": "auto", "moderation": "auto"}, ""},
		"create_gpt_image_edit": {"gpt", map[string]any{"image_description": "a fox", "model": "gpt-image-1", "n": 1, "size": "1024x1024", "response_format": "url"},
			"an image to edit is required"}, // the old tool had no argument for the image and only returned instructions
		"create_recraft_image":          {"recraft", map[string]any{"style": "realistic_image", "size": "1024x1024", "image_format": "png"}, ""},
		"create_seedream_image":         {"seedream", map[string]any{"aspect_ratio": "1:1", "negative_prompt": "rain", "cfg_scale": 7.5, "seed": 7}, ""},
		"create_seededit_image":         {"seededit", map[string]any{"image_url": fox, "strength": 0.8, "seed": 7, "model": "seededit", "size": "1024x1024"}, ""},
		"create_flux_image":             {"flux", map[string]any{"aspect_ratio": "1:1", "steps": 20, "guidance": 7.5, "seed": 7}, ""},
		"create_stable_diffusion_image": {"stablediffusion", map[string]any{"size": "1:1", "n": 1}, ""},
		"create_hailuo_image":           {"hailuo", map[string]any{"size": "1024x1024", "quality": "standard", "seed": 7}, ""},
		"create_doubao_image":           {"doubao", map[string]any{"size": "1024x1024", "guidance_scale": 3, "watermark": true}, ""},
		"create_veo3_video":             {"veo3", map[string]any{"model": "veo3", "images": []string{fox}, "enhance_prompt": true}, ""},
		"create_veo3_official_video": {"veo3", map[string]any{
			"duration": 5, "aspect_ratio": "16:9", "wait_for_completion": false, "max_wait": 600, "seed": 7, "guidance_scale": 0.5, "negative_prompt": "rain",
		}, ""},
		"get_veo3_task":              {"veo3", map[string]any{"task_id": video.TaskID}, ""},
		"check_veo3_official_status": {"veo3", map[string]any{"operation_id": video.TaskID}, ""},
		"upload_image_file": {"gpt", map[string]any{"file_description": "fox.png", "folder": "uploads"},
			"required property file"}, // as create_gpt_image_edit
	} {
		t.Run(name, func(t *testing.T) {
			if !slices.ContainsFunc(modules.All(), func(m module.Module) bool { return m.Spec().Name == tc.module }) {
				t.Skipf("there is no module %s", tc.module)
			}
			if strings.HasPrefix(name, "create_") {
				tc.args["prompt"] = "a fox"
			}
			for _, called := range []string{name, name + "_tool"} {
				switch v := a.callAs(called, tc.args); {
				case tc.fault == "" && v.failed:
					t.Errorf("%s: %s", called, v.text)
				case tc.fault != "" && (v.Code != "invalid_input" || len(v.Errors) != 1 || !strings.Contains(v.Errors[0].Message, tc.fault)):
					t.Errorf("%s: %s, want the fault %q", called, v.raw, tc.fault)
				}
			}
		})
	}
}

// create_gpt_image edits input images, with and without a mask, as a task of the
// operation that edits, which its own tool repeats under the same key.
func TestImagesInTheToolForText(t *testing.T) {
	t.Parallel()
	p, box := startServer(t, "AIGC_MCP_LINKS=on")
	a := connect(t, p, "", "")
	fox := upload(t, a)
	args := map[string]any{"prompt": "a hat", "images": []string{fox}, "mask": uploadImage(t, a, picture.Spec{Prompt: "a mask", Width: 512, Height: 512, Plain: true, Transparent: true}), "idempotency_key": "one"}
	v := a.call("create_gpt_image", args)
	if v.Status != task.Succeeded || v.Kind != "gpt.edits" || v.links != 1 {
		t.Fatalf("%s", v.raw)
	}
	for _, tool := range []string{"create_gpt_image", "create_gpt_image_edit"} {
		if again := a.callAs(tool, args); again.TaskID != v.TaskID {
			t.Errorf("%s bought again: %s", tool, again.raw)
		}
	}
	delete(args, "mask")
	delete(args, "images")
	if v := a.call("create_gpt_image", args); v.Code != "idempotency_key_reused" {
		t.Errorf("the key with another input: %s", v.raw)
	}
	args["idempotency_key"], args["images"] = "two", []string{}
	if v := a.call("create_gpt_image", args); v.Kind != "gpt.generations" {
		t.Errorf("%s", v.raw)
	}
	if n := len(box.Purchases().ByTask); n != 2 {
		t.Errorf("%d tasks were paid", n)
	}
}

// foxPNG is an image as base64.
func foxPNG(t *testing.T) string {
	t.Helper()
	return drawPNG(t, picture.Spec{Prompt: "a red fox", Width: 512, Height: 512})
}

func drawPNG(t *testing.T, spec picture.Spec) string {
	t.Helper()
	var file bytes.Buffer
	if err := picture.Encode(&file, picture.Draw(spec), "png", 0); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(file.Bytes())
}

func upload(t *testing.T, a *agent) (asset string) {
	t.Helper()
	return uploadImage(t, a, picture.Spec{Prompt: "a red fox", Width: 512, Height: 512})
}

func uploadImage(t *testing.T, a *agent, spec picture.Spec) (asset string) {
	t.Helper()
	v := a.call("upload_file", map[string]any{"file": drawPNG(t, spec), "name": "fox.png"})
	if v.AssetID == "" {
		t.Fatalf("%s", v.raw)
	}
	return v.AssetID
}
