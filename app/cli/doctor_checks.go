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
	"time"

	"github.com/rs/zerolog"

	"aigc/app"
	"aigc/app/broker"
	"aigc/app/disk"
	"aigc/app/ledger"
	"aigc/app/module"
	"aigc/app/service"
	"aigc/app/spool"
	"aigc/app/task"
	"aigc/config"
)

// doctor is one examination.
type doctor struct {
	l      *config.Settings
	h      *module.Registry
	holder *app.LockOwner // who works on the data folder, if anybody
	found  []finding
}

func (d *doctor) folder(context.Context) []finding {
	dir := d.l.DataDir
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		parent := filepath.Dir(filepath.Clean(dir))
		for parent != filepath.Dir(parent) && !isFolder(parent) {
			parent = filepath.Dir(parent)
		}
		if err := writable(parent); err != nil {
			return []finding{{"folder", wrong, fmt.Sprintf("%s does not exist and cannot be made: %v", dir, err), "make it, or set AIGC_DATA_DIR"}}
		}
		return []finding{ok("folder", "%s does not exist yet; it is made at the first start", dir), room(parent)}
	}
	if err := writable(dir); err != nil {
		return []finding{{"folder", wrong, fmt.Sprintf("%s cannot be written: %v", dir, err), "give this user the right to, or set AIGC_DATA_DIR"}}
	}
	return []finding{ok("folder", "%s can be written", dir), room(dir)}
}

func (d *doctor) log(context.Context) []finding {
	if d.l.LogFile == "" {
		return nil
	}
	if err := app.CheckLogFile(d.l.LogFile); err != nil {
		return []finding{{"log", wrong, err.Error(), "give this user the right to, or set AIGC_LOG_FILE"}}
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

func room(dir string) finding {
	free, err := disk.Free(dir)
	if err != nil {
		return finding{"disk", odd, fmt.Sprintf("the room on %s is not known: %v", dir, err), ""}
	}
	text := fmt.Sprintf("%.1f GiB are free", float64(free)/(1<<30))
	switch {
	case free < spool.MinFree:
		return finding{"disk", wrong, text + "; nothing is bought while less than " + fmt.Sprint(spool.MinFree>>20) + " MiB are free", "make room"}
	case free < 4*spool.MinFree:
		return finding{"disk", odd, text, "make room before results fill it"}
	}
	return ok("disk", "%s", text)
}

func (d *doctor) running(ctx context.Context) []finding {
	if d.holder = app.Running(d.l.DataDir); d.holder == nil {
		return []finding{ok("server", "none runs on %s", d.l.DataDir)}
	}
	text := fmt.Sprintf("aigc %s (process %d) works on %s", d.holder.Role, d.holder.PID, d.l.DataDir)
	if err := dial(ctx, d.holder.URL); err != nil {
		return []finding{{"server", wrong, text + ", but does not answer at " + d.holder.URL, "look at its log; stop it and start it anew"}}
	}
	return []finding{ok("server", "%s and answers at %s", text, d.holder.URL)}
}

// dial says whether anything listens at an address.
func dial(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), u.Scheme) // dialling knows the ports of http and https
	}
	conn, err := (&net.Dialer{Timeout: 3 * time.Second}).DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	return conn.Close()
}

func (d *doctor) ledger(ctx context.Context) []finding {
	path := ledgerFile(d.l.DataDir)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return []finding{ok("ledger", "there is none yet; it is made at the first start")}
	}
	db, err := ledger.OpenSQLite(ctx, path)
	if err != nil {
		return []finding{{"ledger", wrong, forPeople(err), "check the rights of " + path + "; if it is damaged, restore it from a backup"}}
	}
	defer func() { _ = db.Close() }()
	have, want, err := db.SchemaVersion(ctx)
	switch {
	case err != nil:
		return []finding{{"ledger", wrong, forPeople(err), "restore " + path + " from a backup if it is damaged"}}
	case have < want:
		return []finding{{"ledger", wrong, fmt.Sprintf("its tables are of version %d, this program needs %d", have, want), "run `aigc migrate`"}}
	}
	if err := db.Check(ctx); err != nil {
		return []finding{{"ledger", wrong, forPeople(err), "look for a process that keeps it locked, and for room on the disk"}}
	}
	return append([]finding{ok("ledger", "SQLite, version %d, takes writes", have)}, contents(ctx, db)...)
}

// contents finds what waits for a person.
func contents(ctx context.Context, db *ledger.SQLite) []finding {
	var out []finding
	if counts, err := db.Counts(ctx); err == nil && counts[task.InDoubt] > 0 {
		out = append(out, finding{"tasks", odd, fmt.Sprintf("%d task(s) are in doubt: sent, outcome unknown", counts[task.InDoubt]),
			"`aigc tasks list --status in_doubt`, then retry or discard each"})
	}
	parked, err := db.Parked(ctx)
	if err != nil {
		return append(out, finding{"keys", odd, forPeople(err), ""})
	}
	for _, p := range parked {
		out = append(out, finding{"keys", odd, fmt.Sprintf("the key %s of %s is not used since %s: %s (%s)",
			p.Fingerprint, p.Vendor, p.Since.Local().Format(time.DateTime), p.Reason, p.Code), "put the key or the balance right; it is tried again by itself"})
	}
	return out
}

func (d *doctor) broker(ctx context.Context) []finding {
	if d.l.RedisURL == "" {
		return []finding{ok("broker", "in the process (REDIS_URL is not set)")}
	}
	b, err := broker.Open(d.l.RedisURL.Reveal(), zerolog.Nop())
	if err != nil {
		return []finding{{"broker", wrong, err.Error(), "correct REDIS_URL: redis://[:password@]host:port/db"}}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := errors.Join(b.Check(ctx), b.Close()); err != nil {
		return []finding{{"broker", wrong, "Redis does not answer: " + err.Error(), "start it, or unset REDIS_URL; work goes on without it, but callers' limits do not"}}
	}
	return []finding{ok("broker", "Redis answers")}
}

func (d *doctor) ports(ctx context.Context) []finding {
	var out []finding
	for _, s := range []struct{ name, addr string }{{"AIGC_ADDR", d.l.Addr}, {"AIGC_MCP_ADDR", d.l.MCPAddr}} {
		ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.addr)
		switch {
		case err == nil:
			_ = ln.Close() // it was only to see
			out = append(out, ok("ports", "%s %s is free", s.name, s.addr))
		case d.holder != nil:
			out = append(out, ok("ports", "%s %s is in use, and a server of ours runs", s.name, s.addr))
		default:
			out = append(out, finding{"ports", wrong, fmt.Sprintf("%s: %v", s.name, err), "stop who uses it, or set " + s.name})
		}
	}
	return out
}

// remote asks the server that commands would talk to.
func (d *doctor) remote(ctx context.Context) []finding {
	if d.l.URL == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var page service.Page
	if err := newClient(d.l.URL, d.l.APIKey.Reveal()).get(ctx, "/api/tasks?limit=1", &page); err != nil {
		return []finding{{"AIGC_URL", wrong, forPeople(err), "correct AIGC_URL or AIGC_API_KEY"}}
	}
	return []finding{ok("AIGC_URL", "the server at %s answers and takes the key", d.l.URL)}
}
