package apptest_test

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/disk"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

const (
	capacityKeys = "AIGC_API_KEYS=alice:alice-key-123456,bob:bob-key-12345678,root:root-key-1234567:admin"
	paidTasks    = 8
)

func keyOf(name string) []string {
	key := map[string]string{"alice": "alice-key-123456", "bob": "bob-key-12345678", "root": "root-key-1234567"}[name]
	return []string{"Authorization", "Bearer " + key}
}

// buy accepts tasks of alice that the vendor answers after a while, and waits until they
// are bought.
func buy(t *testing.T, p *apptest.Process, box *apptest.Sandbox) (ids []string) {
	t.Helper()
	for i := range paidTasks {
		a := p.Do("POST", "/api/gpt/generations", fmt.Sprintf(`{"prompt":"paid %d [[slow 3s]]"}`, i), append(keyOf("alice"), "Prefer", "respond-async")...)
		ids = append(ids, a.TaskID(t))
	}
	apptest.Eventually(t, 10*time.Second, func() error {
		for _, id := range ids {
			if box.Purchases().ByTask[id] != 1 {
				return errors.New("not bought yet")
			}
		}
		return nil
	})
	return ids
}

// checkPaid waits until all tasks have succeeded, and checks that each was bought once.
func checkPaid(t *testing.T, p *apptest.Process, box *apptest.Sandbox, ids []string) {
	t.Helper()
	for _, id := range ids {
		v := p.Do("GET", "/api/tasks/"+id+"?wait=30", "", keyOf("alice")...).View(t)
		if v.Status != task.Succeeded {
			t.Errorf("%s: %s %q %+v", id, v.Status, v.Message, v.Error)
		}
		if n := box.Purchases().ByTask[id]; n != 1 {
			t.Errorf("%s was bought %d times", id, n)
		}
	}
}

func viewOf(t *testing.T, p *apptest.Process, id string) *service.View {
	t.Helper()
	return p.Do("GET", "/api/tasks/"+id, "", keyOf("alice")...).View(t)
}

// uploadForm is an image of about size bytes as a form.
func uploadForm(t *testing.T, size int) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("file", "x.png")
	if err == nil {
		_, err = f.Write(append(workertest.PNG(), make([]byte, size)...))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// smallDisk mounts a file system of some MB in memory.
func smallDisk(t *testing.T, mb int) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+strconv.Itoa(mb)+"m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no file system can be mounted: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
	return dir
}

// While a caller stores files until they are refused, and while the disk is full of other
// files, what another caller has bought is stored, and nothing is bought that would not
// fit.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, 300)
	bin := apptest.Binary(t, "")
	box := apptest.StartSandbox(t, bin)
	p := apptest.StartAll(t, bin, filepath.Join(dir, "data"), capacityKeys, "AIGC_RATE_LIMIT=0", box.Env(), "AIGC_RESERVE_IMAGE=8MB", "AIGC_RESERVE_VIDEO=16MB", "AIGC_LOG_FILE="+filepath.Join(dir, "log"))
	ids := buy(t, p, box)
	stored := 0
	for _, size := range []int{20 << 20, 2 << 20, 100 << 10} {
		body, kind := uploadForm(t, size)
		for {
			a := p.Do("POST", "/api/files/upload", body, append(keyOf("bob"), "Content-Type", kind)...)
			if a.Status == 200 {
				stored++
				continue
			}
			if e := a.Envelope(t); a.Status != 507 || e.Code != "storage_full" || e.Charged != "no" || a.Header.Get("Retry-After") == "" {
				t.Fatalf("%d %v %s", a.Status, a.Header, a.Body)
			}
			break
		}
	}
	if stored == 0 {
		t.Error("no upload was stored on a disk with room")
	}
	checkPaid(t, p, box, ids)

	others := filepath.Join(dir, "others")
	free, err := disk.Free(dir)
	if err == nil {
		err = os.WriteFile(others, make([]byte, free-40<<20), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	late := p.Do("POST", "/api/gpt/generations", `{"prompt":"late"}`, append(keyOf("alice"), "Prefer", "respond-async")...).TaskID(t)
	apptest.Eventually(t, 10*time.Second, func() error {
		if v := viewOf(t, p, late); v.Status != task.Queued || !strings.HasPrefix(v.Message, "storage_full") {
			return fmt.Errorf("%s %q", v.Status, v.Message)
		}
		return nil
	})
	if a := p.Do("GET", "/api/health", "", keyOf("root")...); a.Status != 200 || !strings.Contains(string(a.Body), `"status":"degraded"`) ||
		!strings.Contains(string(a.Body), "storage_full") || !strings.Contains(string(a.Body), `"key":"bob"`) {
		t.Errorf("health: %d %s", a.Status, a.Body)
	}
	if a := p.Do("GET", "/api/health", "", keyOf("bob")...); strings.Contains(string(a.Body), `"key":"bob"`) {
		t.Errorf("a caller sees the use of others: %s", a.Body)
	}
	if a := p.Do("GET", "/readyz", ""); a.Status != 503 {
		t.Errorf("ready: %d %s", a.Status, a.Body)
	}
	if err := os.Remove(others); err != nil {
		t.Fatal(err)
	}
	checkPaid(t, p, box, append(ids, late))
}

// While connections use up the descriptors, what was bought is stored, and what is asked
// for is bought once there are descriptors again.
func TestNoDescriptors(t *testing.T) {
	t.Parallel()
	const limit = 200
	bin := apptest.Binary(t, "")
	limited := filepath.Join(t.TempDir(), "aigc")
	if err := os.WriteFile(limited, fmt.Appendf(nil, "#!/bin/sh\nulimit -n %d && exec %q \"$@\"\n", limit, bin), 0o700); err != nil {
		t.Fatal(err)
	}
	box := apptest.StartSandbox(t, bin)
	p := apptest.StartAll(t, limited, t.TempDir(), capacityKeys, "AIGC_RATE_LIMIT=0", box.Env())
	ids, bought := buy(t, p, box), time.Now()
	var conns []net.Conn
	for range limit + 50 {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.URL, "http://"))
		if err != nil {
			break
		}
		defer c.Close()
		if _, err := c.Write([]byte("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ")); err != nil {
			break
		}
		conns = append(conns, c)
	}
	apptest.Eventually(t, 20*time.Second, func() error { // the vendor has answered all while they are open
		if time.Since(bought) < 4*time.Second {
			return errors.New("the vendor has not answered all")
		}
		return nil
	})
	for _, c := range conns {
		_ = c.Close()
	}
	late := p.Do("POST", "/api/gpt/generations", `{"prompt":"late"}`, append(keyOf("alice"), "Prefer", "respond-async")...).TaskID(t)
	checkPaid(t, p, box, append(ids, late))
}
