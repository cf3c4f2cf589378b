package app

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"aigc/app/fault"
	"aigc/app/ledger"
	"aigc/app/task"
	"aigc/config"
)

// LedgerFile is the path of the SQLite ledger in a data folder.
func LedgerFile(dir string) string { return filepath.Join(dir, "aigc.db") }

// OpenLedger opens the ledger at DATABASE_URL, or without it the one in the data folder.
func OpenLedger(ctx context.Context, c *config.Settings) (ledger.Database, error) {
	return ledger.Open(ctx, c.DatabaseURL.Reveal(), LedgerFile(c.DataDir))
}

// migrate migrates the ledger's tables, unless the role shares them with other processes,
// which may be of another version: then an operator decides when.
func (a *App) migrate(ctx context.Context) error {
	if !a.Ledger.Shared() || a.roles.Name == All.Name || a.roles.Foreground {
		return a.Ledger.Migrate(ctx)
	}
	have, want, err := a.Ledger.SchemaVersion(ctx)
	if err == nil && have < want {
		err = OlderSchema(a.Ledger, have, want)
	}
	return err
}

// OlderSchema is the error of a ledger whose schema is older than this program needs.
func OlderSchema(l ledger.Database, have, want int64) error {
	return fmt.Errorf("the ledger (%s) has schema version %d, this program needs %d: run `aigc migrate`", l.Name(), have, want)
}

// startProcess records this process in the ledger and returns its id. The lock on the data
// folder excludes another process on its spool, and with SQLite any other process: what
// those hold in the ledger is of processes that have ended. Among several processes each
// says from now on that it lives, and ends what dead ones held.
func (a *App) startProcess(ctx context.Context, spool string) (id string, err error) {
	p := task.Process{ID: task.RandomHex(12), Role: a.roles.Name, Spool: spool, Version: Version}
	if err := a.Ledger.StartProcess(ctx, p); err != nil || !a.Ledger.Shared() {
		return p.ID, err
	}
	beating, stop := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		a.beat(beating, p)
	}()
	a.onStop(func(ctx context.Context) error { // last of all but the ledger: leases and calls end before
		stop()
		<-stopped
		return a.Ledger.EndProcess(ctx, p.ID)
	})
	return p.ID, a.requireSharedObjects(ctx, p)
}

func (a *App) beat(ctx context.Context, p task.Process) {
	tick := time.NewTicker(task.HeartbeatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.Ledger.Heartbeat(ctx, p); err != nil && ctx.Err() == nil {
			a.log.Error().Err(err).Msg("the heartbeat of this process was not recorded; will retry")
			continue
		}
		dead, err := a.Ledger.EndDead(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.Error().Err(err).Msg("querying the ledger for dead processes failed; will retry")
		}
		for _, d := range dead {
			a.log.Warn().Str("process", d.ID).Str("role", d.Role).Time("heartbeat", d.Heartbeat).Msg("a process died; its leases and calls are ended")
		}
	}
}

// requireSharedObjects returns an error if another process uses the same ledger and the
// objects of this one are in its data folder, where the other cannot read them.
func (a *App) requireSharedObjects(ctx context.Context, self task.Process) error {
	if a.conf.MinioEndpoint != "" {
		return nil
	}
	if _, err := a.Ledger.EndDead(ctx); err != nil {
		return err
	}
	list, err := a.Ledger.Processes(ctx)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.ID != self.ID {
			return fault.New(fault.Unavailable, "objects_not_shared", "aigc %s of another data folder uses the same ledger (%s), but objects are stored in the data folder %s, which it cannot read: "+
				"set MINIO_ENDPOINT for both, or give each its own database. A process that was killed counts for %s.", p.Role, a.Ledger.Name(), a.conf.DataDir, task.DeadAfter)
		}
	}
	return nil
}
