package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"aigc/app"
	"aigc/app/provider"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/config"
)

// session is a connection to a running server, or to one in this process.
type session struct {
	*client
	app      *app.App // the server in this process; nil if the server is another process
	settings *config.Settings
}

// connect returns a session with the server at AIGC_URL, or with the one that uses
// the data folder, or starts one in this process, with a worker if work is true.
func (c *cli) connect(ctx context.Context, l *config.Settings, work bool) (*session, error) {
	if l.URL != "" {
		return &session{client: newClient(l.URL, l.APIKey.Reveal()), settings: l}, nil
	}
	for {
		// The in-process server of another command ends with that command, so it
		// must not be used for work. Any server may be stopping, so it is dialled
		// first.
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

// await waits 200 ms for the process that holds the lock of the data folder: another
// command, or a server that is starting or stopping.
func (c *cli) await(ctx context.Context, l *config.Settings, held *app.LockedError) error {
	if !c.lockNoticeShown {
		c.say("Waiting for aigc %s (process %d), which uses the data folder %s …", held.Role, held.PID, l.DataDir)
		c.lockNoticeShown = true
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(200 * time.Millisecond):
		return nil
	}
}

// inProcess starts a server in this process, on a free loopback port.
func (c *cli) inProcess(ctx context.Context, l *config.Settings, work bool) (*session, error) {
	own, key, err := c.withOwnKey(ctx, l)
	if err != nil {
		return nil, err
	}
	own.Addr = "127.0.0.1:0"
	log := app.NewFileLog(&own.Config) // the command prints progress and errors instead
	if s, _ := l.Setting("AIGC_LOG_LEVEL"); s.Source != "default" {
		if own.LogFormat == "" {
			own.LogFormat = "console" // the lines appear between text for people
		}
		log = app.NewLog(&own.Config)
	}
	roles := app.InProcess
	roles.Worker = work
	a, err := app.Start(ctx, own, c.verticals(), roles, log)
	if err != nil {
		return nil, err
	}
	return &session{client: newClient(a.LockOwner().URL, key), app: a, settings: own}, nil
}

// withOwnKey copies the settings for a server in this process. If callers need keys
// and AIGC_API_KEY is not set, it adds a random admin key that is valid for this
// process only: a user who can write the data folder needs no other permission.
func (c *cli) withOwnKey(ctx context.Context, l *config.Settings) (*config.Settings, string, error) {
	own := *l
	key := l.APIKey.Reveal()
	needed, err := needsKey(ctx, l)
	if err != nil {
		return nil, "", err
	}
	if key == "" && needed {
		key = task.RandomHex(24)
		own.APIKeys = append(slices.Clone(l.APIKeys), config.Key{Name: service.Local, Key: provider.Secret(key), Admin: true})
	}
	return &own, key, nil
}

// close stops a server in this process, which waits for open submissions.
func (s *session) close(ctx context.Context) error {
	s.http.CloseIdleConnections()
	if s.app == nil {
		return nil
	}
	return stop(ctx, s.app, s.settings)
}

// local says whether the server runs in this process.
func (s *session) local() bool { return s.app != nil }

// ledgerFile returns the path of the SQLite ledger in a data folder.
func ledgerFile(dir string) string { return app.LedgerFile(dir) }

// ledgerExists says whether there is a ledger: a database, or the file of the data
// folder.
func ledgerExists(l *config.Settings) bool {
	if l.DatabaseURL != "" {
		return true
	}
	_, err := os.Stat(ledgerFile(l.DataDir))
	return !errors.Is(err, fs.ErrNotExist)
}

// needsKey says whether callers of a server in this process need keys. It does not take
// the folder's lock, since a server may be using the folder.
func needsKey(ctx context.Context, l *config.Settings) (bool, error) {
	if len(l.APIKeys) > 0 || l.IsPublic() {
		return true, nil
	}
	if !ledgerExists(l) {
		return false, nil
	}
	db, err := app.OpenLedger(ctx, l)
	if err != nil {
		return false, err
	}
	defer func() { _ = db.Close() }()
	if have, want, err := db.SchemaVersion(ctx); err != nil || have < want {
		return have > 0, err // an older schema does not say it; a key is always accepted
	}
	open, err := service.Keyring{Ledger: db}.Open(ctx)
	return !open, err
}

// serverURL returns the address of the server at AIGC_URL, or else of the one that uses
// the data folder; empty if there is none.
func serverURL(l *config.Settings) string {
	if l.URL != "" {
		return l.URL
	}
	if h := app.Running(l.DataDir); h != nil {
		return h.URL
	}
	return ""
}

// requireTasks returns an error if there is neither a server nor a ledger that could
// have tasks.
func requireTasks(l *config.Settings) error {
	if serverURL(l) != "" {
		return nil
	}
	if !ledgerExists(l) {
		return fmt.Errorf("there are no tasks in %s, and no server uses it; set AIGC_URL or AIGC_DATA_DIR to where the tasks are", l.DataDir)
	}
	return nil
}
