package worker_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/blob"
	"aigc/app/fault"
	"aigc/app/sandbox"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// answer reads the kept answer of a task, and compares it with its row.
func (r *rig) answer(t *testing.T, v *service.View) []byte {
	t.Helper()
	o, err := r.Answer(context.Background(), workertest.Me, v.TaskID)
	must(t, err)
	data, err := io.ReadAll(o)
	must(t, errors.Join(err, o.Close()))
	sum := sha256.Sum256(data)
	if v.Answer == nil || v.Answer.Size != int64(len(data)) || v.Answer.SHA256 != hex.EncodeToString(sum[:]) || v.Answer.Name != o.Name {
		t.Errorf("%+v, for %d bytes named %s", v.Answer, len(data), o.Name)
	}
	return data
}

// What was paid for, came complete and cannot be used is kept as it was received, whatever
// it is, and the spool keeps nothing.
func TestWhatCannotBeUsedIsKept(t *testing.T) {
	t.Parallel()
	avif := []byte(sandbox.AVIF)
	large := noise(t)
	b64 := base64.StdEncoding.EncodeToString
	damaged := b64(large)
	damaged = damaged[:len(damaged)/2] + "*!*!" + damaged[len(damaged)/2+4:]
	jsonOf := func(b ...string) string { return `{"b64":["` + strings.Join(b, `","`) + `"],"note":"kept"}` }
	fakeMP4 := mp4(t)
	cases := map[string]struct {
		mime, body string
		file       []byte // at /result.png
		want       task.State
		code       string
		kept       string // empty: nothing
		ext        string
	}{
		"plain text":                 {"text/plain", "Here you are.", nil, task.InDoubt, "answer_unreadable", "Here you are.", ".txt"},
		"an HTML page":               {"text/html", "<!doctype html><p>ready", nil, task.InDoubt, "answer_unreadable", "<!doctype html><p>ready", ".html"},
		"a PDF":                      {"application/pdf", "%PDF-1.7 …", nil, task.InDoubt, "answer_unreadable", "%PDF-1.7 …", ".pdf"},
		"JSON of another shape":      {"application/json", `{"b64":{"0":"` + b64(large) + `"}}`, nil, task.InDoubt, "answer_unreadable", `{"b64":{"0":"` + b64(large) + `"}}`, ".json"},
		"JSON that is cut off":       {"application/json", `{"b64":["` + b64(large), nil, task.InDoubt, "answer_lost", `{"b64":["` + b64(large), ".json"},
		"an unknown coding":          {"application/json", "\x1b\x07\x00 brotli", nil, task.InDoubt, "answer_unreadable", "\x1b\x07\x00 brotli", ".bin"},
		"an empty answer":            {"application/json", "", nil, task.InDoubt, "answer_lost", "", ""},
		"no result in the answer":    {"application/json", `{"unknown":["` + b64(large) + `"]}`, nil, task.Failed, "empty_result", `{"unknown":["` + b64(large) + `"]}`, ".json"},
		"an AVIF as the answer":      {"image/avif", string(avif), nil, task.Failed, "unknown_file_type", string(avif), ".avif"},
		"an AVIF in base64":          {"application/json", jsonOf(b64(avif)), nil, task.Failed, "unknown_file_type", string(avif), ".avif"},
		"a large file in base64":     {"application/json", jsonOf(b64(bytes.Repeat(avif, 5000))), nil, task.Failed, "unknown_file_type", string(bytes.Repeat(avif, 5000)), ".avif"},
		"damaged base64":             {"application/json", jsonOf("iVBOR*!*!"), nil, task.Failed, "corrupt_base64", jsonOf("iVBOR*!*!"), ".json"},
		"a large damaged base64":     {"application/json", jsonOf(damaged), nil, task.Failed, "corrupt_base64", jsonOf(damaged), ".json"},
		"a video for an image":       {"application/json", jsonOf(b64(fakeMP4)), nil, task.Failed, "video_for_image", string(fakeMP4), ".mp4"},
		"an image that is cut short": {"application/json", jsonOf(b64(large[:len(large)-20])), nil, task.Failed, "file_cut_short", string(large[:len(large)-20]), ".png"},
		"a file that is a page":      {"application/json", `{"url":"/result.png"}`, []byte("<html>gone"), task.Failed, "unknown_file_type", "<html>gone", ".html"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
				if req.URL.Path == "/result.png" {
					_, _ = w.Write(c.file)
					return
				}
				r.purchases.Add(1)
				w.Header().Set("Content-Type", c.mime)
				_, _ = io.WriteString(w, strings.Replace(c.body, `"/result.png"`, `"`+r.vendor.URL+`/result.png"`, 1))
			})
			v := r.run(`{"prompt":"x"}`)
			if v.Status != c.want || v.Error == nil || v.Error.Code != c.code || r.purchases.Load() != 1 {
				t.Fatalf("%s %+v, %d purchases; want %s %s", v.Status, v.Error, r.purchases.Load(), c.want, c.code)
			}
			if charged := map[task.State]fault.Charge{task.InDoubt: fault.ChargedUnknown, task.Failed: fault.ChargedYes}[c.want]; v.Charged != charged {
				t.Errorf("charged %s", v.Charged)
			}
			r.EmptySpool()
			if c.kept == "" {
				if v.Answer != nil {
					t.Errorf("kept %+v", v.Answer)
				}
				return
			}
			if got := r.answer(t, v); string(got) != c.kept {
				t.Errorf("kept %d bytes %.200q, want %d", len(got), got, len(c.kept))
			}
			if filepath.Ext(v.Answer.Name) != c.ext || v.Answer.URL != "http://gateway/api/tasks/"+v.TaskID+"/answer" || !strings.Contains(v.Error.Message, v.Answer.URL) {
				t.Errorf("%+v, %s", v.Answer, v.Error.Message)
			}
			if objects := storedObjects(t, r); len(objects) != 1 || !strings.HasPrefix(objects[0], "answers/"+v.TaskID+"/") {
				t.Errorf("objects: %v", objects)
			}
		})
	}
}

// Of an answer that came compressed and cannot be used, the text is kept; with a damaged
// compression, what was received.
func TestCompressedAnswersAreKept(t *testing.T) {
	t.Parallel()
	zip := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := io.WriteString(z, text)
		must(t, errors.Join(err, z.Close()))
		return b.Bytes()
	}
	large := `{"b64":{"0":"` + base64.StdEncoding.EncodeToString(noise(t)) + `"}}`
	answer := zip(`{"b64":["` + base64.StdEncoding.EncodeToString(workertest.PNG()) + `"]}`)
	checksum := append(bytes.Clone(answer[:len(answer)-8]), "12345678"...)
	blocks := bytes.Clone(zip(large))
	copy(blocks[1000:], bytes.Repeat([]byte{0xff}, 200))
	bomb := zip(strings.Repeat(" ", 20<<20))
	for name, c := range map[string]struct {
		coding     string
		body, kept []byte
		code, ext  string
	}{
		"another shape":             {"gzip", zip(`{"b64":{}}`), []byte(`{"b64":{}}`), "answer_unreadable", ".json"},
		"another shape, large":      {"gzip", zip(large), []byte(large), "answer_unreadable", ".json"},
		"another shape, no header":  {"", zip(large), []byte(large), "answer_unreadable", ".json"},
		"a page":                    {"gzip", zip("<!doctype html><p>ready"), []byte("<!doctype html><p>ready"), "answer_unreadable", ".html"},
		"a wrong checksum":          {"gzip", checksum, checksum, "answer_unreadable", ".gz"},
		"damaged blocks":            {"gzip", blocks, blocks, "answer_unreadable", ".gz"},
		"cut off, but whole for us": {"gzip", answer[:len(answer)/2], answer[:len(answer)/2], "answer_lost", ".gz"},
		"too large":                 {"gzip", bomb, bomb, "answer_unreadable", ".gz"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
				r.purchases.Add(1)
				w.Header().Set("Content-Type", "application/json")
				if c.coding != "" {
					w.Header().Set("Content-Encoding", c.coding)
				}
				_, _ = w.Write(c.body)
			})
			v := r.run(`{"prompt":"x"}`)
			if v.Status != task.InDoubt || v.Charged != fault.ChargedUnknown || v.Error.Code != c.code || r.purchases.Load() != 1 {
				t.Fatalf("%s, charged %s, %+v, %d purchases", v.Status, v.Charged, v.Error, r.purchases.Load())
			}
			r.EmptySpool()
			if got := r.answer(t, v); !bytes.Equal(got, c.kept) || filepath.Ext(v.Answer.Name) != c.ext {
				t.Errorf("%s: %d bytes %.100q, want %d", v.Answer.Name, len(got), got, len(c.kept))
			}
		})
	}
}

func storedObjects(t *testing.T, r *rig) (names []string) {
	t.Helper()
	for o, err := range r.Blobs.List(context.Background(), "") {
		must(t, err)
		names = append(names, o.Name)
	}
	return names
}

// mp4 is the smallest file that is taken for a whole MP4.
func mp4(t *testing.T) []byte {
	t.Helper()
	box := func(kind string, body ...[]byte) []byte {
		all := bytes.Join(body, nil)
		return append([]byte{0, 0, 0, byte(8 + len(all)), kind[0], kind[1], kind[2], kind[3]}, all...)
	}
	mvhd := make([]byte, 100)
	mvhd[15], mvhd[19] = 1, 1 // timescale and duration
	return slices.Concat(box("ftyp", []byte("isom\x00\x00\x02\x00isommp41")), box("moov", box("mvhd", mvhd)), box("mdat", []byte("xxxx")))
}

// Of several results, those that are valid are delivered, and the others are kept: one as
// it is, several in an archive.
func TestInvalidResultsBesideValidOnes(t *testing.T) {
	t.Parallel()
	b64 := base64.StdEncoding.EncodeToString
	good, avif, page := b64(workertest.PNG()), []byte(sandbox.AVIF), []byte("<html>")
	for name, c := range map[string]struct {
		b64  []string
		want map[string]string // by the name in the archive
	}{
		"one":     {[]string{good, b64(avif), good}, map[string]string{"": string(avif)}},
		"two":     {[]string{b64(page), good, b64(avif)}, map[string]string{"result-0": string(page), "result-2": string(avif)}},
		"damaged": {[]string{good, "iVBOR*!*!", b64(avif)}, map[string]string{"result-2": string(avif), "answer": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, workertest.FakeVendor{PerRequest: 4}, []string{"key"}, func(_ *rig, w http.ResponseWriter, _ *http.Request) {
				workertest.Reply(w, workertest.FakeAnswer{B64: c.b64})
			})
			v := r.run(`{"prompt":"x","n":3}`)
			if v.Status != task.Succeeded || v.Answer == nil || !strings.Contains(strings.Join(v.Warnings, " "), v.Answer.URL) {
				t.Fatalf("%s %+v %v", v.Status, v.Answer, v.Warnings)
			}
			data := r.answer(t, v)
			got := map[string]string{}
			if len(c.want) == 1 {
				got[""] = string(data)
			} else if archive := tar.NewReader(bytes.NewReader(data)); filepath.Ext(v.Answer.Name) == ".tar" {
				for h, err := archive.Next(); err != io.EOF; h, err = archive.Next() {
					must(t, err)
					content, err := io.ReadAll(archive)
					must(t, err)
					if got[h.Name] = string(content); h.Name == "answer" {
						if !strings.Contains(string(content), "iVBOR*!*!") {
							t.Errorf("the answer is %s", content)
						}
						got[h.Name] = ""
					}
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("kept %q", got)
			}
			r.EmptySpool()
		})
	}
}

// While the object store refuses objects, a paid answer that cannot be used stays in the
// spool: a task in storing waits, one in doubt gets its answer later, in the same process
// or the next one.
func TestAnswerIsKeptLater(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		before task.State
		after  task.State
	}{
		"in doubt": {`[["not", "understood"]]`, task.InDoubt, task.InDoubt},
		"storing":  {`{"b64":["PGh0bWw+"]}`, task.Storing, task.Failed},
	} {
		for _, next := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, next process %t", name, next), func(t *testing.T) {
				t.Parallel()
				r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
					r.purchases.Add(1)
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, c.body)
				})
				ctx := context.Background()
				r.Blobs.Refuse(true)
				id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
				apptest.Eventually(t, 10*time.Second, func() error {
					row, err := r.Ledger.Task(ctx, id)
					if must(t, err); row.State != c.before || r.Blobs.Refused() < 2 {
						return errStill(row.State)
					}
					_, err = os.Stat(filepath.Join(r.Dir, "spool", id, row.SubmitID, "record.json"))
					return err
				})
				if v, err := r.Get(ctx, workertest.Me, id); err != nil || v.Answer != nil {
					t.Errorf("%+v %v", v, err)
				}
				if next {
					must(t, r.Worker.Stop(ctx))
				}
				r.Blobs.Refuse(false)
				if next {
					r.Restart()
				}
				var v *service.View
				apptest.Eventually(t, 20*time.Second, func() (err error) {
					if v, err = r.Get(ctx, workertest.Me, id); err == nil && (v.Status != c.after || v.Answer == nil) {
						err = errStill(v.Status)
					}
					return err
				})
				if got := string(r.answer(t, v)); got != c.body && got != "<html>" {
					t.Errorf("kept %q", got)
				}
				if r.purchases.Load() != 1 {
					t.Errorf("%d purchases", r.purchases.Load())
				}
				r.EmptySpool()
			})
		}
	}
}

// Discard and retry leave the answer where it is.
func TestDiscardAndRetryKeepTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(_ *rig, w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "what?") })
	ctx := context.Background()
	for name, act := range map[string]func(id string) (*service.View, error){
		"discard": func(id string) (*service.View, error) { return r.Discard(ctx, workertest.Me, id) },
		"retry":   func(id string) (*service.View, error) { return r.Retry(ctx, workertest.Me, id) },
	} {
		v := r.run(`{"prompt":"x"}`)
		if _, err := act(v.TaskID); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v, err := r.Get(ctx, workertest.Me, v.TaskID)
		if must(t, err); v.Status != task.Failed || string(r.answer(t, v)) != "what?" {
			t.Errorf("%s: %s %+v", name, v.Status, v.Answer)
		}
	}
}

// The secrets of accounts are replaced before an answer is stored.
func TestKeptAnswerHasNoSecrets(t *testing.T) {
	t.Parallel()
	const key = "sk-a-secret/of+toyco"
	r := newRig(t, workertest.FakeVendor{}, []string{key}, func(_ *rig, w http.ResponseWriter, req *http.Request) {
		_, _ = fmt.Fprintf(w, "%s sent %s, %s", strings.Repeat("x", 64<<10-30), req.Header.Get("Authorization"), strings.ReplaceAll(key, "/", `\/`))
	})
	v := r.run(`{"prompt":"x"}`)
	stars := strings.Repeat("*", len(key))
	if got := string(r.answer(t, v)); !strings.HasSuffix(got, "x sent Bearer "+stars+", "+stars+"*") {
		t.Errorf("kept %q", got[len(got)-80:])
	}
}

// The last answer to a poll, if it cannot be understood when the deadline has passed, is
// kept: it may be the result.
func TestAnswerToTheLastPoll(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{Async: true, Deadline: 300 * time.Millisecond}, []string{"key"}, func(_ *rig, w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/make" {
			workertest.Reply(w, workertest.FakeAnswer{ID: "job"})
			return
		}
		_, _ = io.WriteString(w, "<result/>")
	})
	v := r.run(`{"prompt":"x"}`)
	if v.Status != task.Failed || v.Error.Code != task.CodeDeadline || string(r.answer(t, v)) != "<result/>" {
		t.Errorf("%s %+v", v.Status, v.Error)
	}
	r.EmptySpool()
}

// An answer that was not understood stays when the task succeeds later.
func TestKeptAnswerOfASuccess(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(_ *rig, w http.ResponseWriter, _ *http.Request) {
		workertest.Reply(w, workertest.FakeAnswer{B64: []string{pngBase64}})
	})
	v := r.run(`{"prompt":"x"}`)
	ctx := context.Background()
	row, err := r.Ledger.Task(ctx, v.TaskID)
	must(t, err)
	object := "answers/" + v.TaskID + "/" + row.SubmitID
	must(t, r.Blobs.Put(ctx, object, strings.NewReader("what?"), 5, blob.PutOptions{}))
	must(t, r.Ledger.KeepAnswer(ctx, task.KeptAnswer{Task: v.TaskID, SubmitID: row.SubmitID, Object: object, Name: "a.txt", Size: 5}))
	v, err = r.Get(ctx, workertest.Me, v.TaskID)
	if must(t, err); v.Status != task.Succeeded || len(v.Data) != 1 || v.Answer == nil || len(v.Warnings) != 1 {
		t.Errorf("%+v", v)
	}
	if _, err := r.Service.Open(ctx, workertest.Me, object); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it is served as an asset: %v", err)
	}
	must(t, r.DeleteAnswer(ctx, workertest.Me, v.TaskID))
	if v, err = r.Get(ctx, workertest.Me, v.TaskID); err != nil || v.Answer != nil || len(v.Warnings) != 0 || len(v.Data) != 1 {
		t.Errorf("after it was deleted: %+v %v", v, err)
	}
}

// Two children of a group have an answer each; the group serves the only one.
func TestAnswersOfAGroup(t *testing.T) {
	t.Parallel()
	for bad := range 3 {
		t.Run(fmt.Sprint(bad), func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(_ *rig, w http.ResponseWriter, _ *http.Request) {
				if calls.Add(1) <= int64(bad) {
					_, _ = io.WriteString(w, "what?")
					return
				}
				workertest.Reply(w, workertest.FakeAnswer{B64: []string{pngBase64}})
			})
			v := r.run(`{"prompt":"x","n":3}`)
			if v.Status != task.Succeeded || len(v.Data) != 3-bad || len(v.Warnings) != bad || (v.Answer != nil) != (bad == 1) {
				t.Fatalf("%s, %d results, %v, %+v", v.Status, len(v.Data), v.Warnings, v.Answer)
			}
			ctx := context.Background()
			switch o, err := r.Answer(ctx, workertest.Me, v.TaskID); {
			case bad == 1:
				must(t, errors.Join(err, o.Close()))
			case fault.KindOf(err) != fault.NotFound:
				t.Errorf("%v", err)
			case bad == 2:
				for _, id := range v.Group.Children {
					child, cerr := r.Get(ctx, workertest.Me, id)
					if must(t, cerr); strings.Contains(err.Error(), id) != (child.Answer != nil) {
						t.Errorf("%s is %s: %v", id, child.Status, err)
					}
				}
			}
		})
	}
}

// An answer of 50 MB goes to the object store, and from there to the caller, in constant
// memory. It does not run in parallel, since it counts what the process allocates.
func TestLargeAnswerInConstantMemory(t *testing.T) {
	const size = 50 << 20
	chunk := bytes.Repeat([]byte("QUJD"), 16<<10)
	r := newRig(t, workertest.FakeVendor{}, []string{"sk-a-long-secret"}, func(_ *rig, w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"b64":{"0":"`)
		for range size / len(chunk) {
			_, _ = w.Write(chunk)
		}
		_, _ = io.WriteString(w, `"}}`)
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	v := r.run(`{"prompt":"x"}`)
	if v.Status != task.InDoubt || v.Answer == nil || v.Answer.Size != size+16 {
		t.Fatalf("%s %+v", v.Status, v.Answer)
	}
	o, err := r.Answer(context.Background(), workertest.Me, v.TaskID)
	must(t, err)
	n, err := io.Copy(io.Discard, o)
	must(t, errors.Join(err, o.Close()))
	runtime.ReadMemStats(&after)
	if n != size+16 {
		t.Errorf("%d bytes", n)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 10<<20 {
		t.Errorf("%d bytes were allocated", allocated)
	}
	r.EmptySpool()
}
