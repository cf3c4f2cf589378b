package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"aigc/app"
	"aigc/app/backup"
	"aigc/app/broker"
	"aigc/app/capacity"
	"aigc/app/disk"
	"aigc/app/fault"
	"aigc/app/ledger"
	"aigc/app/module"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/config"
)

// doctor is one run of all checks.
type doctor struct {
	l     *config.Settings
	h     *module.Registry
	owner *app.LockOwner // the process that uses the data folder; nil if none
	found []finding

	workers bool // processes that share the ledger run tasks
}

func (d *doctor) folder(context.Context) []finding {
	dir := d.l.DataDir
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		parent := filepath.Dir(filepath.Clean(dir))
		for parent != filepath.Dir(parent) && !isFolder(parent) {
			parent = filepath.Dir(parent)
		}
		if err := writable(parent); err != nil {
			return []finding{{"folder", levelError, fmt.Sprintf("%s does not exist and cannot be created: %v", dir, err), "create it, or set AIGC_DATA_DIR to another folder"}}
		}
		return []finding{ok("folder", "%s does not exist yet; it is created at the first start", dir), d.diskSpace(parent)}
	}
	if err := writable(dir); err != nil {
		return []finding{{"folder", levelError, fmt.Sprintf("%s cannot be written: %v", dir, err), "give this user write permission, or set AIGC_DATA_DIR to another folder"}}
	}
	if err := backup.Interrupted(dir); err != nil {
		return []finding{{"folder", levelError, fault.From(err).Message, "call aigc restore again, or set AIGC_DATA_DIR to another folder"}}
	}
	return append(volume(dir), ok("folder", "%s can be written", dir), d.diskSpace(dir))
}

func (d *doctor) log(context.Context) []finding {
	if d.l.LogFile == "" {
		return nil
	}
	if err := app.CheckLogFile(d.l.LogFile); err != nil {
		return []finding{{"log", levelError, err.Error(), "give this user write permission, or set AIGC_LOG_FILE to another file"}}
	}
	return []finding{ok("log", "%s can be written", d.l.LogFile)}
}

func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".aigc-doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// volume warns of a data folder that does not outlive the container.
func volume(dir string) []finding {
	why := disk.Volatile(dir)
	if why == "" {
		return nil
	}
	return []finding{{"folder", levelWarning, dir + ": " + why + "; answers that were paid for and are not stored yet are lost with it", "mount a volume at AIGC_DATA_DIR"}}
}

func (d *doctor) diskSpace(dir string) finding {
	least := capacity.Floor + int64(d.l.ReserveImage)
	free, err := disk.Free(dir)
	if err != nil {
		return finding{"disk", levelWarning, fmt.Sprintf("the free space of %s is unknown: %v", dir, err), ""}
	}
	text := fmt.Sprintf("%.1f GiB are free", float64(free)/(1<<30))
	switch {
	case free < least:
		return finding{"disk", levelError, text + "; no task is submitted while less than " + fmt.Sprint(least>>20) + " MiB are free", "free disk space"}
	case free < capacity.Floor+4*int64(d.l.ReserveVideo):
		return finding{"disk", levelWarning, text, "free disk space before results fill it"}
	}
	return ok("disk", "%s", text)
}

func (d *doctor) running(ctx context.Context) []finding {
	if d.owner = app.Running(d.l.DataDir); d.owner == nil {
		return []finding{ok("server", "no server uses %s", d.l.DataDir)}
	}
	text := fmt.Sprintf("aigc %s (process %d) uses %s", d.owner.Role, d.owner.PID, d.l.DataDir)
	if err := dial(ctx, d.owner.URL); err != nil {
		return []finding{{"server", levelError, text + ", but does not answer at " + d.owner.URL, "see its log; stop and restart it"}}
	}
	return []finding{ok("server", "%s and answers at %s", text, d.owner.URL)}
}

// dial returns an error if nothing accepts connections at the address of a URL.
func dial(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), u.Scheme) // net.Dial accepts "http" and "https" as ports
	}
	conn, err := (&net.Dialer{Timeout: 3 * time.Second}).DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	return conn.Close()
}

func (d *doctor) ledger(ctx context.Context) []finding {
	if !ledgerExists(d.l) {
		return []finding{ok("ledger", "it does not exist yet; it is created at the first start")}
	}
	path := ledgerFile(d.l.DataDir)
	cannotOpen, cannotRead, cannotWrite := "check the permissions of "+path+"; if it is damaged, restore it from a backup",
		"restore "+path+" from a backup if it is damaged", "look for a process that locks it, and check the free disk space"
	if d.l.DatabaseURL != "" {
		cannotOpen = "correct DATABASE_URL, or start the database and check that this machine can reach it"
		cannotRead, cannotWrite = "check the rights of the user of DATABASE_URL", "see the log of the database; the user of DATABASE_URL must be able to write, and the server must not be a standby"
	}
	db, err := app.OpenLedger(ctx, d.l)
	if err != nil {
		return []finding{{"ledger", levelError, errorText(err), cannotOpen}}
	}
	defer func() { _ = db.Close() }()
	have, want, err := db.SchemaVersion(ctx)
	switch {
	case err != nil:
		return []finding{{"ledger", levelError, errorText(err), cannotRead}}
	case have == 0 && db.Shared():
		return []finding{{"ledger", levelWarning, db.Name() + " has no tables yet", "run `aigc migrate`, or start `aigc all`"}}
	case have < want && db.Shared():
		return []finding{{"ledger", levelError, fmt.Sprintf("its schema is version %d, this program needs %d", have, want), "run `aigc migrate`, or start `aigc all`"}}
	case have < want:
		return []finding{{"ledger", levelWarning, fmt.Sprintf("its schema is version %d, this program needs %d", have, want), "start `aigc all`, which migrates it; `aigc backup` before that makes a copy to go back to"}}
	}
	if err := db.Check(ctx); err != nil {
		return []finding{{"ledger", levelError, errorText(err), cannotWrite}}
	}
	found := []finding{ok("ledger", "%s, schema version %d, can be written", db.Name(), have)}
	for _, risk := range db.Risks(ctx) {
		found = append(found, finding{"ledger", levelWarning, risk, "change it in the database's settings"})
	}
	return slices.Concat(found, d.waiting(ctx, db), needsAttention(ctx, db))
}

// needsAttention finds tasks in doubt and parked vendor keys.
func needsAttention(ctx context.Context, db ledger.Database) []finding {
	var out []finding
	if counts, err := db.Counts(ctx); err == nil && counts[task.InDoubt] > 0 {
		out = append(out, finding{"tasks", levelWarning, fmt.Sprintf("%d task(s) are in doubt: sent, outcome unknown", counts[task.InDoubt]),
			"`aigc tasks list --status in_doubt`, then retry or discard each"})
	}
	parked, err := db.Parked(ctx)
	if err != nil {
		return append(out, finding{"keys", levelWarning, errorText(err), ""})
	}
	for _, p := range parked {
		out = append(out, finding{"keys", levelWarning, fmt.Sprintf("the key %s of %s is parked since %s: %s (%s)",
			p.Fingerprint, p.Vendor, p.Since.Local().Format(time.DateTime), p.Reason, p.Code), "fix the key or the balance; the key is probed again automatically"})
	}
	return out
}

func (d *doctor) broker(ctx context.Context) []finding {
	if d.l.RedisURL == "" {
		return []finding{ok("broker", "embedded in the process (REDIS_URL is not set)")}
	}
	b, err := broker.Open(d.l.RedisURL.Reveal(), zerolog.Nop())
	if err != nil {
		return []finding{{"broker", levelError, err.Error(), "correct REDIS_URL: redis://[:password@]host:port/db"}}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := errors.Join(b.Check(ctx), b.Close()); err != nil {
		return []finding{{"broker", levelError, "Redis cannot be used: " + err.Error(), "start it or correct its settings, or unset REDIS_URL; without Redis tasks still run, but rate limits are off"}}
	}
	return []finding{ok("broker", "Redis answers and can be written")}
}

func (d *doctor) ports(ctx context.Context) []finding {
	var out []finding
	for _, s := range []struct{ name, addr string }{{"AIGC_ADDR", d.l.Addr}, {"AIGC_MCP_ADDR", d.l.MCPAddr}} {
		ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.addr)
		switch {
		case err == nil:
			_ = ln.Close() // only a test
			out = append(out, ok("ports", "%s %s is free", s.name, s.addr))
		case d.owner != nil:
			out = append(out, ok("ports", "%s %s is in use, and an aigc server is running", s.name, s.addr))
		default:
			out = append(out, finding{"ports", levelError, fmt.Sprintf("%s: %v", s.name, err), "stop the program that uses it, or set " + s.name + " to another address"})
		}
	}
	return out
}

// remote checks the server at AIGC_URL, which commands use.
func (d *doctor) remote(ctx context.Context) []finding {
	if d.l.URL == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var page service.Page
	if err := newClient(d.l.URL, d.l.APIKey.Reveal()).get(ctx, "/api/tasks?limit=1", &page); err != nil {
		return []finding{{"AIGC_URL", levelError, errorText(err), "correct AIGC_URL or AIGC_API_KEY"}}
	}
	return []finding{ok("AIGC_URL", "the server at %s answers and accepts the key", d.l.URL)}
}
