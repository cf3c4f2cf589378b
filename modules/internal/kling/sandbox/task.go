package sandbox

import (
	"cmp"
	"encoding/json"
	"hash/crc64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// taskID is the task id, a long number, computed from the external id.
func taskID(external string) string {
	return strconv.FormatUint(crc64.Checksum([]byte(external), crc64.MakeTable(crc64.ECMA)), 10)
}

// startTask stores a paid task in the form of its final answer, and answers with
// its id.
func startTask(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, o *sandbox.Request, b sandbox.Body, external string) {
	model, prompt := b.Text("model_name"), b.Text("prompt")
	count, list := max(1, b.Int("n")), "images"
	if b.Text("result_type") == "series" {
		count, list = count*cmp.Or(b.Int("series_amount"), 4), "series_images"
	}
	units := cmp.Or(map[string]int{"kling-v2-1": 4}[model], 8) // per image, by the price list
	if b.Text("resolution") == "4k" || model == "kling-v2-1" && b.Has("image") {
		units *= 2
	}
	ratio, _ := provider.ParseRatio(strings.Replace(b.Or("aspect_ratio", "16:9"), "auto", "1:1", 1))
	d := sandbox.Drawing{Spec: picture.Spec{Prompt: prompt}, Format: "png"}
	d.Width, d.Height = provider.Sides(ratio, map[string]int{"1k": 1 << 20, "2k": 1 << 22, "4k": 1 << 24}[b.Or("resolution", "1k")], 8, picture.MaxSide)
	results, marked := []map[string]any{}, b.Object("watermark_info").Flag("enabled")
	for d.Seed = range uint64(count) {
		address, _ := k.Offer(r, o, model, prompt, d) // the URL of one that could not be stored answers 403
		results = append(results, map[string]any{"index": d.Seed, "url": address, "watermark_url": map[bool]string{true: address}[marked]})
	}
	task := map[string]any{
		"task_id": taskID(external), "task_status": "submitted", "task_info": map[string]string{"external_task_id": external},
		"created_at": time.Now().UnixMilli(), "updated_at": time.Now().UnixMilli(),
	}
	out, _ := json.Marshal(envelope{Message: "SUCCEED", RequestID: sandbox.NewID(), Data: task}) // plain values
	task["task_result"] = map[string]any{"result_type": b.Or("result_type", "single"), list: results}
	task["final_unit_deduction"] = strconv.Itoa(count * units)
	if _, err := k.Jobs.Accept(o, taskID(external), model, prompt, task, 400*time.Millisecond); err == nil {
		o.Answer(w, http.StatusOK, out)
	}
}

// query answers with a task, by its id or external id.
func query(k *sandbox.Kit, w http.ResponseWriter, id string) {
	job, ok := k.Jobs.Find(id)
	if !ok {
		job, ok = k.Jobs.Find(taskID(id))
	}
	var task map[string]any
	if !ok || json.Unmarshal(job.Input, &task) != nil {
		reply(w, 1203, "task not found", nil)
		return
	}
	o, done := k.JobRequest(job), job.Progress() >= 1
	status, reason, units := "processing", "", any(nil)
	switch {
	case o.Has("refuse") || done && o.Has("refuse-output"):
		status, reason, units = "failed", "Failure to pass the risk control system", "0"
	case o.Has("status") && k.Jobs.Polled(job.ID) <= 3:
		status = o.Faults["status"]
	case done && o.Has("fail"):
		status, reason = "failed", "Image pixel is invalid"
	case done:
		status, units = "succeed", task["final_unit_deduction"]
	}
	if task["task_status"], task["task_status_msg"], task["final_unit_deduction"] = status, reason, units; status != "succeed" {
		delete(task, "task_result")
	}
	reply(w, 0, "SUCCEED", task)
}
