package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"aigc/app"
	"aigc/app/ledger"
	"aigc/app/provider"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/config"
)

// session is a way to a server: one that runs, or one in this process.
type session struct {
	*client
	app      *app.App // nil where a server runs elsewhere
	settings *config.Settings
}

// connect finds the server to talk to: AIGC_URL, else the one that works on
// the data folder, else one in this process, with a worker if work is wanted.
func (c *cli) connect(ctx context.Context, l *config.Settings, work bool) (*session, error) {
	if l.URL != "" {
		return &session{client: newClient(l.URL, l.APIKey.Reveal()), settings: l}, nil
	}
	for {
		// The server of another command is gone as soon as its own task is done,
		// so work is not left to it; and any may be just stopping.
		h := app.Running(l.DataDir)
		if h != nil && (h.Role != app.InProcess.Name || !work) && dial(ctx, h.URL) == nil {
			return &session{client: newClient(h.URL, l.APIKey.Reveal()), settings: l}, nil
		}
		s, err := c.inProcess(ctx, l, work)
		var held *app.LockedError
		if !errors.As(err, &held) {
			return s, err
		}
		if err := c.await(ctx, l, held); err != nil {
			return nil, err
		}
	}
}

// await waits a moment for whoever holds the data folder: another command at
// work, or a server that is just starting or stopping.
func (c *cli) await(ctx context.Context, l *config.Settings, held *app.LockedError) error {
	if !c.awaiting {
		c.say("Waiting for aigc %s (process %d), which holds %s …", held.Role, held.PID, l.DataDir)
		c.awaiting = true
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(200 * time.Millisecond):
		return nil
	}
}

// inProcess starts a server of our own on a free loopback port.
func (c *cli) inProcess(ctx context.Context, l *config.Settings, work bool) (*session, error) {
	own, key, err := c.withOwnKey(ctx, l)
	if err != nil {
		return nil, err
	}
	own.Addr = "127.0.0.1:0"
	if s, _ := l.Setting("AIGC_LOG_LEVEL"); s.Source == "default" {
		own.LogLevel = "error" // the progress is shown instead
	}
	if own.LogFormat == "" {
		own.LogFormat = "console" // it stands among words for people
	}
	roles := app.InProcess
	roles.Worker = work
	a, err := app.Start(ctx, own, c.verticals(), roles, app.NewLog(&own.Config))
	if err != nil {
		return nil, err
	}
	return &session{client: newClient(a.LockOwner().URL, key), app: a, settings: own}, nil
}

// withOwnKey copies the settings for a server in this process. Where callers
// need keys, so does this one: without AIGC_API_KEY it gets a key that lives as
// long as the process, for whoever may write the data folder may use it.
func (c *cli) withOwnKey(ctx context.Context, l *config.Settings) (*config.Settings, string, error) {
	own := *l
	key := l.APIKey.Reveal()
	stored, err := storedKeys(ctx, l.DataDir)
	if err != nil {
		return nil, "", err
	}
	if key == "" && len(stored)+len(l.APIKeys) > 0 {
		key = task.RandomHex(24)
		own.APIKeys = append(slices.Clone(l.APIKeys), config.Key{Name: service.Local, Key: provider.Secret(key), Admin: true})
	}
	return &own, key, nil
}

// close ends a server of our own in order: what was sent is awaited.
func (s *session) close(ctx context.Context) error {
	s.http.CloseIdleConnections()
	if s.app == nil {
		return nil
	}
	return stop(ctx, s.app, s.settings)
}

// local says that the work is done by this process.
func (s *session) local() bool { return s.app != nil }

// ledgerFile is where app keeps the ledger.
func ledgerFile(dir string) string { return filepath.Join(dir, "aigc.db") }

// storedKeys are the callers' keys in the ledger of a data folder. It takes no
// lock: a server may be at work there.
func storedKeys(ctx context.Context, dir string) ([]task.APIKey, error) {
	if _, err := os.Stat(ledgerFile(dir)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	db, err := ledger.OpenSQLite(ctx, ledgerFile(dir))
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	if have, _, err := db.SchemaVersion(ctx); err != nil || have == 0 {
		return nil, err
	}
	return db.Keys(ctx)
}

// something says that there is a server, or a ledger, to ask for tasks.
func something(l *config.Settings) error {
	if l.URL != "" || app.Running(l.DataDir) != nil {
		return nil
	}
	if _, err := os.Stat(ledgerFile(l.DataDir)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there are no tasks in %s, and no server runs on it; set AIGC_URL or AIGC_DATA_DIR to where they are", l.DataDir)
	}
	return nil
}
