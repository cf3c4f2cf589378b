package apptest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image/png"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/blob"
	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

// An aigc on an S3 service stores images there, each with its sidecar, and
// serves them by its own links, with ranges.
func TestObjectsInABucket(t *testing.T) {
	t.Parallel()
	s3 := apptest.StartS3(t)
	p, box := one(t, s3.Env("pictures")...)
	v := p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox"}`).View(t)
	if v.Status != task.Succeeded || len(v.Data) != 1 || v.Charged != fault.ChargedYes {
		t.Fatalf("%+v", v)
	}
	link := strings.TrimPrefix(v.Data[0].URL, p.URL)
	whole := p.Do("GET", link, "")
	if img, err := png.Decode(bytes.NewReader(whole.Body)); err != nil || img.Bounds().Dx() != 1024 {
		t.Fatalf("the link leads to no image: %d %v", whole.Status, err)
	}
	part := p.Do("GET", link, "", "Range", "bytes=100-199", "If-Range", whole.Header.Get("ETag"))
	if part.Status != http.StatusPartialContent || !bytes.Equal(part.Body, whole.Body[100:200]) ||
		part.Header.Get("Content-Range") != fmt.Sprintf("bytes 100-199/%d", len(whole.Body)) {
		t.Errorf("range: %d %s, %d bytes", part.Status, part.Header.Get("Content-Range"), len(part.Body))
	}
	if tail := p.Do("GET", link, "", "Range", "bytes=-10"); !bytes.Equal(tail.Body, whole.Body[len(whole.Body)-10:]) {
		t.Errorf("the tail: %d, %d bytes", tail.Status, len(tail.Body))
	}
	if a := p.Do("GET", link, "", "If-None-Match", whole.Header.Get("ETag")); a.Status != http.StatusNotModified {
		t.Errorf("the same version: %d", a.Status)
	}
	if a := p.Do("HEAD", link, ""); a.Status != http.StatusOK || a.Header.Get("Content-Length") != fmt.Sprint(len(whole.Body)) || a.Header.Get("Content-Type") != "image/png" {
		t.Errorf("HEAD: %d %v", a.Status, a.Header)
	}
	if a := p.Do("GET", link+".absent.png", ""); a.Status != http.StatusNotFound {
		t.Errorf("an absent object: %d", a.Status)
	}
	inBucket(t, s3, "pictures", strings.TrimPrefix(link, "/api/images/"), v, whole.Body)
	if _, err := os.Stat(filepath.Join(p.Dir, "objects")); err == nil {
		t.Error("there is a directory of objects beside the bucket")
	}
	if n := box.Purchases().Total; n != 1 {
		t.Errorf("%d purchases", n)
	}
	upload := fmt.Sprintf(`{"prompt":"the same fox in snow","image":%q}`, v.Data[0].AssetID)
	if v := p.Do("POST", "/api/gpt/edits", upload).View(t); v.Status != task.Succeeded {
		t.Errorf("a stored image as an input: %s %+v", v.Status, v.Error)
	}
}

// inBucket looks at an object and its sidecar past aigc.
func inBucket(t *testing.T, s3 *apptest.S3, bucket, object string, v *service.View, want []byte) {
	t.Helper()
	read := func(name string) []byte {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(s3.Dir, bucket, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	sum := sha256.Sum256(want)
	if stored := read(object); !bytes.Equal(stored, want) || !strings.Contains(path.Base(object), v.TaskID) {
		t.Errorf("the bucket holds other bytes under %s", object)
	}
	side, err := blob.DecodeSidecar(read(blob.SidecarName(object)))
	if err != nil || side.TaskID != v.TaskID || side.Prompt != "a red fox" || side.SHA256 != hex.EncodeToString(sum[:]) || side.AssetID != v.Data[0].AssetID {
		t.Errorf("sidecar: %+v, %v", side, err)
	}
}

// A paid task waits in storing while the object store is away, also through a
// SIGKILL and a start without it, and succeeds when it is back. It is paid once.
func TestBucketAway(t *testing.T) {
	t.Parallel()
	s3 := apptest.StartS3(t)
	p, box := one(t, s3.Env("images")...)
	s3.Kill()
	var ids []string
	for _, path := range []string{"/api/gpt/generations", "/api/seedream/generate"} { // in the answer, and behind an address
		ids = append(ids, p.Do("POST", path, `{"prompt":"a red fox"}`, "Prefer", "respond-async").TaskID(t))
	}
	waits := func(p *apptest.Process) {
		t.Helper()
		for _, id := range ids {
			apptest.Eventually(t, 20*time.Second, func() error {
				if v := p.Task(id); v.Status != task.Storing || v.Charged != fault.ChargedYes || !strings.Contains(v.Message, "stored") {
					return fmt.Errorf("%s, charged %s: %s", v.Status, v.Charged, v.Message)
				}
				return nil
			})
		}
		if a := p.Do("GET", "/api/health", ""); !strings.Contains(string(a.Body), `"unhealthy"`) {
			t.Errorf("health is not honest about the object store: %d %s", a.Status, a.Body)
		}
	}
	waits(p)
	p.Kill()
	env := append(s3.Env("images"), box.Env())
	p = apptest.StartAllAllowWarnings(t, apptest.Binary(t, "faults"), p.Dir, env...)
	p.WaitAlive()
	waits(p)
	s3.Start()
	p.WaitReady()
	for _, id := range ids {
		v := p.WaitDone(id, 60*time.Second)
		if v.Status != task.Succeeded || v.Charged != fault.ChargedYes {
			t.Fatalf("%s, charged %s %+v", v.Status, v.Charged, v.Error)
		}
		if a := p.Do("GET", strings.TrimPrefix(v.Data[0].URL, p.URL), ""); a.Status != http.StatusOK {
			t.Errorf("the link: %d %s", a.Status, a.Body)
		}
		if n := box.Purchases().ByTask[id]; n != 1 {
			t.Errorf("%d purchases", n)
		}
	}
}

// Two processes that start at once make the bucket once, and both run.
func TestBucketOfTwoProcesses(t *testing.T) {
	t.Parallel()
	s3 := apptest.StartS3(t)
	bin := apptest.Binary(t, "faults")
	a := apptest.StartAllAllowWarnings(t, bin, t.TempDir(), s3.Env("images")...)
	b := apptest.StartAllAllowWarnings(t, bin, t.TempDir(), s3.Env("images")...)
	for _, p := range []*apptest.Process{a, b} {
		p.WaitReady()
		if v := p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox"}`).View(t); v.Status != task.Succeeded {
			t.Errorf("%s %+v", v.Status, v.Error)
		}
	}
}

// A wrong key ends the start, and names the settings without their values.
func TestBucketRefused(t *testing.T) {
	t.Parallel()
	s3 := apptest.StartS3(t)
	s3.SecretKey = "hunter2-hunter2"
	p := apptest.StartAllAllowWarnings(t, apptest.Binary(t, "faults"), t.TempDir(), s3.Env("images")...)
	select {
	case <-p.Ended():
	case <-time.After(20 * time.Second):
		t.Fatal("it runs")
	}
	if log := p.Log(); p.ExitCode() == 0 || !strings.Contains(log, "MINIO_SECRET_KEY") || strings.Contains(log, "hunter2") {
		t.Errorf("exit code %d:\n%s", p.ExitCode(), log)
	}
}

// The doctor sees a bucket that works, one that is not there yet, a wrong key
// and a service that is away; it makes nothing.
func TestDoctorOfABucket(t *testing.T) {
	t.Parallel()
	s3 := apptest.StartS3(t)
	bin, box := apptest.Binary(t, "faults"), apptest.StartSandbox(t, apptest.Binary(t, "faults"))
	doctor := func(code int, want string, env ...string) {
		t.Helper()
		base := []string{"AIGC_DATA_DIR=" + t.TempDir(), "AIGC_ADDR=127.0.0.1:0", "AIGC_MCP_ADDR=127.0.0.1:0", box.Env()}
		p := apptest.Run(t, bin, append(base, env...), "doctor")
		<-p.Ended()
		if p.ExitCode() != code || !strings.Contains(p.Log(), want) || strings.Contains(p.Log(), s3.SecretKey) {
			t.Errorf("exit code %d, want %d and %q:\n%s", p.ExitCode(), code, want, p.Log())
		}
	}
	doctor(0, "in the data folder")
	doctor(0, "it is created at the first start", s3.Env("images")...)
	if _, err := os.Stat(filepath.Join(s3.Dir, "images")); err == nil {
		t.Error("the doctor made the bucket")
	}
	if err := os.Mkdir(filepath.Join(s3.Dir, "images"), 0o700); err != nil {
		t.Fatal(err)
	}
	doctor(0, "can be written and read", s3.Env("images")...)
	wrong := *s3
	wrong.SecretKey = "another-secret"
	doctor(1, "refuses the key", wrong.Env("images")...)
	s3.Kill()
	doctor(1, "does not answer", s3.Env("images")...)
}
