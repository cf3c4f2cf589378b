package blob_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"aigc/app/blob"
	"aigc/app/blob/blobtest"
	"aigc/app/fault"
	"aigc/app/media"
)

func TestDir(t *testing.T) {
	blobtest.Run(t, blobtest.Harness{Open: func(t *testing.T) blob.Store { return open(t, t.TempDir()) }})
}

// open returns a store in a folder that is closed at the end of the test.
func open(t *testing.T, dir string) *blob.Dir {
	t.Helper()
	d, err := blob.NewDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// No symlink leads out of the folder, and unfinished files of an earlier process
// are deleted.
func TestDirIsConfined(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, ".tmp-incoming", "left")
	if err := os.MkdirAll(filepath.Dir(left), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir)
	if _, _, err := d.Open(context.Background(), "link/secret"); err == nil {
		t.Error("open followed a symlink out of the folder")
	}
	if err := d.Put(context.Background(), "link/new", strings.NewReader(""), 0, blob.PutOptions{}); err == nil {
		t.Error("put followed a symlink out of the folder")
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("an unfinished file of an earlier process was not deleted")
	}
}

// A folder that another process removed, moved or replaced is created again: an
// object is stored at the path of its name, not in the moved folder.
func TestDirRecreatesFolders(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(day string) error{
		"removed":    os.RemoveAll,
		"moved away": func(day string) error { return os.Rename(day, day+"-old") },
		"replaced": func(day string) error {
			return errors.Join(os.Rename(day, day+"-old"), os.Mkdir(day, 0o700))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			d := open(t, dir)
			put := func(object string) {
				t.Helper()
				if err := d.Put(context.Background(), object, strings.NewReader("paid"), 4, blob.PutOptions{}); err != nil {
					t.Fatal(err)
				}
				if o, err := d.Stat(context.Background(), object); err != nil || o.Size != 4 {
					t.Errorf("%s is not at its path: %v", object, err)
				}
			}
			put("a/28/one")
			if err := change(filepath.Join(dir, "a", "28")); err != nil {
				t.Fatal(err)
			}
			put("a/28/two")
		})
	}
}

// More folders than maxDurable can be used, and no descriptor of a folder is leaked.
func TestDirWithManyFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := open(t, dir)
	var all sync.WaitGroup
	for caller := range 2 {
		all.Go(func() {
			for i := range 300 {
				name := fmt.Sprintf("day-%d/%d", i, caller)
				if err := d.Put(context.Background(), name, strings.NewReader("paid"), 4, blob.PutOptions{}); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	all.Wait()
	got := 0
	for _, err := range d.List(context.Background(), "") {
		if got++; err != nil {
			t.Error(err)
		}
	}
	if got != 600 {
		t.Errorf("%d objects", got)
	}
	handles, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	folders := 0
	for _, fd := range handles {
		if to, _ := os.Readlink("/proc/self/fd/" + fd.Name()); strings.HasPrefix(to, filepath.Join(dir, "day-")) {
			folders++
		}
	}
	if folders > 0 {
		t.Errorf("%d folders are still open", folders)
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 23, 30, 0, 0, time.FixedZone("", -3600))
	got := blob.Name(blob.Generated, media.Image, at, "Kwai-Kolors/Kolors 即", "id", 2, ".png")
	if want := "ai_generated/images/2026/11/25/Kwai-Kolors-Kolors--_id_2.png"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	long := blob.Name(blob.Generated, media.Image, at, strings.Repeat("m", 1000), strings.Repeat("i", 40), 12, ".png")
	for _, name := range []string{got, long, blob.SidecarName(long), long + blob.ThumbnailExt} {
		if err := blob.ValidName(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if k := fault.KindOf(blob.ValidName("a/../b")); k != fault.NotFound {
		t.Error(k)
	}
}

// DecodeSidecar returns every field that Encode wrote.
func TestSidecarRoundTrip(t *testing.T) {
	t.Parallel()
	cost, seed, now := 0.04, int64(7), time.Now().UTC()
	in := &blob.Sidecar{
		TaskID: "t", AssetID: "a", Owner: "me", Index: 2, Module: "gpt", Operation: "generations", Model: "m", Vendor: "openai", VendorID: "v",
		Prompt: "狐狸", RevisedPrompt: "a fox", Parameters: []byte(`{"n":1}`), Seed: &seed, Cost: &cost, Currency: "USD", Charged: "yes", Sandbox: true, Role: "input",
		MIMEType: "video/mp4", Width: 3, Height: 2, DurationSeconds: 1.5, Size: 9, SHA256: "0f9c", CreatedAt: now, StoredAt: now.Add(time.Second),
	}
	for i, v := 0, reflect.ValueOf(*in); i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("%s is not tested", v.Type().Field(i).Name)
		}
	}
	data, err := in.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := blob.DecodeSidecar(data); err != nil || !reflect.DeepEqual(out, in) {
		t.Errorf("%+v, %v; want %+v", out, err, in)
	}
	if _, err := blob.DecodeSidecar([]byte("{")); err == nil {
		t.Error("invalid JSON was decoded")
	}
}
