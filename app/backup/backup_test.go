package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/ledger"
	"aigc/app/spool"
	"aigc/app/task"
)

// dataFolder makes a data folder with a ledger, a spool and one upload for each name.
func dataFolder(t *testing.T, uploads ...string) (dir string, l *ledger.SQLite) {
	t.Helper()
	dir = t.TempDir()
	l, err := ledger.OpenSQLite(t.Context(), filepath.Join(dir, ledgerName))
	if err == nil {
		err = l.Migrate(t.Context())
	}
	if err == nil {
		_, err = spool.Open(filepath.Join(dir, spoolName))
	}
	for _, name := range uploads {
		sum := sha256.Sum256([]byte(name))
		if err == nil {
			err = l.AddAsset(t.Context(), &task.Asset{ID: name, Role: task.Upload, Object: objectOf(name), MIME: "image/png", Size: int64(len(name)), SHA256: hex.EncodeToString(sum[:]), Created: time.Now()})
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(dir, objectsName, objectOf(name))), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, objectsName, objectOf(name)), []byte(name), 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return dir, l
}

func objectOf(name string) string { return "manual_uploads/images/" + name + ".png" }

// Objects that are missing or were changed are named, in the backup and when it is
// restored; one that was deleted with its row is in neither.
func TestDamagedObjects(t *testing.T) {
	t.Parallel()
	dir, l := dataFolder(t, "good", "changed", "missing", "deleted")
	if err := os.WriteFile(filepath.Join(dir, objectsName, objectOf("changed")), []byte("CHANGED"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"missing", "deleted"} {
		if err := os.Remove(filepath.Join(dir, objectsName, objectOf(name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, to := range []string{filepath.Join(t.TempDir(), "copy"), filepath.Join(t.TempDir(), "copy.tar")} {
		deleted := false
		m, err := Run(t.Context(), Source{Dir: dir, OnProgress: func(int64, int64) { // the ledger is copied by now
			if !deleted {
				deleted = true
				if err := l.Forget(t.Context(), ledger.Stored{Object: objectOf("deleted")}); err != nil {
					t.Error(err)
				}
			}
		}}, to)
		if err != nil || m.Objects != 2 || len(m.Damaged) != 2 || !strings.Contains(strings.Join(m.Damaged, " "), objectOf("missing")+": missing") {
			t.Errorf("%+v %v", m, err)
		}
		target := filepath.Join(t.TempDir(), "data")
		if err := os.MkdirAll(target, 0o700); err != nil {
			t.Fatal(err)
		}
		if m, err := Restore(t.Context(), to, target); err != nil || len(m.Damaged) != 2 {
			t.Errorf("restored: %+v %v", m, err)
		}
		if _, err := Restore(t.Context(), to, target); err == nil || !strings.Contains(err.Error(), "has aigc.db already") {
			t.Errorf("restored again: %v", err)
		}
		if data, err := os.ReadFile(filepath.Join(target, objectsName, objectOf("good"))); string(data) != "good" || err != nil {
			t.Errorf("%q %v", data, err)
		}
		sum := sha256.Sum256([]byte("deleted")) // again, for the other target
		if err := l.AddAsset(t.Context(), &task.Asset{ID: "deleted", Role: task.Upload, Object: objectOf("deleted"), MIME: "image/png", Size: 7, SHA256: hex.EncodeToString(sum[:]), Created: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
}

// A backup that is canceled leaves nothing that could be taken for one.
func TestCanceledBackup(t *testing.T) {
	t.Parallel()
	dir, _ := dataFolder(t, "a", "b")
	for _, name := range []string{"copy", "copy.tar"} {
		place := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := Run(ctx, Source{Dir: dir, OnProgress: func(int64, int64) { cancel() }}, filepath.Join(place, name)); err == nil {
			t.Errorf("%s: it is complete", name)
		}
		left, err := filepath.Glob(filepath.Join(place, "*", "*"))
		files, _ := filepath.Glob(filepath.Join(place, "*.tar*"))
		if err != nil || len(left)+len(files) > 0 {
			t.Errorf("%s: %v %v %v", name, left, files, err)
		}
	}
}

// What a killed backup or restore left is no backup and no data folder, and the same command
// does not take it for anything else: it begins again.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	dir, _ := dataFolder(t, "a", "b")
	killed := func(place string) { // after SIGKILL the mark is there and no process holds its lock
		for _, name := range []string{incomplete, incomplete + ".ledger", "aigc.db", "aigc.db" + incomplete, "spool/id", "objects/" + objectOf("old")} {
			file := filepath.Join(place, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("half"), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
	check := func(what, place string) {
		t.Helper()
		old, _ := filepath.Glob(filepath.Join(place, "objects", objectOf("old")))
		left, _ := filepath.Glob(filepath.Join(place, "*"+incomplete+"*"))
		if err := Interrupted(place); err != nil || len(old)+len(left) > 0 {
			t.Errorf("%s: %v %v %v", what, old, left, err)
		}
	}
	place, restored := t.TempDir(), t.TempDir()
	killed(place)
	if err := Interrupted(place); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a server starts on it: %v", err)
	}
	if m, err := Run(t.Context(), Source{Dir: dir}, place); err != nil || m.Objects != 2 {
		t.Fatalf("%+v %v", m, err)
	}
	check("backup", place)
	killed(restored)
	lock := filepath.Join(restored, "lock") // of the command itself
	if err := os.WriteFile(lock, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := Restore(t.Context(), place, restored); err != nil || len(m.Damaged) > 0 {
		t.Fatalf("%+v %v", m, err)
	}
	check("restore", restored)
	if _, err := os.Stat(lock); err != nil {
		t.Error(err)
	}
}

// A second backup to the same place is refused while the first one is made, and so is one
// into the folder that is copied, by any path to it.
func TestBackupPlaces(t *testing.T) {
	t.Parallel()
	dir, _ := dataFolder(t, "a")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(dir, objectsName), link); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{
		"itself": dir, "new folder": filepath.Join(dir, "x"), "new file": filepath.Join(dir, "x.tar"), "deeper": filepath.Join(dir, objectsName, "x", "y"), "a link": filepath.Join(link, "x"),
	} {
		if _, err := Run(t.Context(), Source{Dir: dir}, to); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"copy", "copy.tar"} {
		to := filepath.Join(t.TempDir(), "new", name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		m, err := Run(t.Context(), Source{Dir: dir, OnProgress: func(int64, int64) {
			if _, err := Run(t.Context(), Source{Dir: dir}, to); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s twice at once: %v", name, err)
			}
		}}, to)
		if err != nil || m.Objects != 1 {
			t.Errorf("%s: %+v %v", name, m, err)
		}
		if m, err := Restore(t.Context(), to, t.TempDir()); err != nil || len(m.Damaged) > 0 {
			t.Errorf("%s: %+v %v", name, m, err)
		}
	}
}

// A file that is no backup, or leads out of the folder, is refused, and leaves no ledger.
func TestRefusedBackups(t *testing.T) {
	t.Parallel()
	for name, files := range map[string][]string{
		"empty": nil, "no ledger": {manifestName}, "no manifest": {ledgerName}, "a way out": {"objects/../../x", manifestName}, "an absolute name": {"/x"},
	} {
		file, dir := filepath.Join(t.TempDir(), "x.tar"), t.TempDir()
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		w := tar.NewWriter(f)
		for _, name := range files {
			if err := w.WriteHeader(&tar.Header{Name: name, Size: 2, Mode: 0o600}); err != nil {
				t.Fatal(err)
			}
			_, _ = w.Write([]byte("{}"))
		}
		_, _ = w.Close(), f.Close()
		if _, err := Restore(t.Context(), file, dir); err == nil {
			t.Errorf("%s: restored", name)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}
