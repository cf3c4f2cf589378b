package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"aigc/app/fault"
	"aigc/migrations"
)

// Postgres is a ledger in a PostgreSQL database, which several processes may use.
type Postgres struct {
	*store
	pool *pgxpool.Pool
	name string
}

var _ Database = (*Postgres)(nil)

// The pool's defaults; pool_max_conns and other parameters of the URL override them. A
// connection is replaced after connLifetime, so that a new primary or a new DNS entry is
// found. readConns of the connections are never used for writes, so that reads do not
// wait for locks.
const (
	maxConns       = 16
	readConns      = 4
	connLifetime   = 30 * time.Minute
	connIdle       = 5 * time.Minute
	connectTimeout = 5 * time.Second
	pingTimeout    = 2 * time.Second // of a connection that was idle: its server may be gone without a word
)

// OpenPostgres connects to the database of a URL. It creates no tables: see
// [Postgres.Migrate].
func OpenPostgres(ctx context.Context, databaseURL string) (*Postgres, error) {
	conf, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "ledger_not_opened", "DATABASE_URL is not postgres://user:password@host:port/database, or one of its parameters is wrong.")
	}
	given, _ := url.Parse(databaseURL) // ParseConfig has parsed it
	set := given.Query()
	if !set.Has("pool_max_conns") {
		conf.MaxConns = maxConns
	}
	if !set.Has("pool_max_conn_lifetime") {
		conf.MaxConnLifetime = connLifetime
	}
	if !set.Has("pool_max_conn_idle_time") {
		conf.MaxConnIdleTime = connIdle
	}
	if conf.PingTimeout == 0 {
		conf.PingTimeout = pingTimeout
	}
	c := conf.ConnConfig
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "aigc"
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), conf)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "ledger_not_opened", "The ledger's database cannot be used.")
	}
	l := &Postgres{pool: pool, name: databaseName(c)}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fault.Wrap(errors.New(connectReason(err)), fault.Unavailable, "ledger_not_opened", "The ledger's database, %s, cannot be reached", l.name)
	}
	db := stdlib.OpenDBFromPool(pool)
	l.store = &store{
		dialect: postgresDialect, pool: &readPool{db: db, direct: true, limit: queryTimeout}, files: migrations.Postgres(),
		writer: newPostgresWriter(db, int(max(1, conf.MaxConns-readConns))),
	}
	return l, nil
}

// databaseName is where a database is, without its password.
func databaseName(c *pgx.ConnConfig) string {
	return fmt.Sprintf("PostgreSQL database %s of user %s at %s", c.Database, c.User, net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))))
}

// Name implements [Database].
func (l *Postgres) Name() string { return l.name }

// Risks implements [Database].
func (l *Postgres) Risks(ctx context.Context) (out []string) {
	const settings = "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'"
	err := l.reader(ctx).query(settings, nil, func(r *sql.Rows) error {
		var name string
		out = append(out, "")
		err := r.Scan(&name)
		out[len(out)-1] = name + " is off: after a crash of the database's machine, tasks and paid results may be lost"
		return err
	})
	if err != nil {
		return []string{"the settings of the database cannot be read"}
	}
	return out
}

// Close implements [task.Ledger].
func (l *Postgres) Close() error {
	var err error
	l.once.Do(func() {
		l.writer.close()
		err = l.store.pool.db.Close()
		l.pool.Close()
	})
	return err
}

// Migrate implements [Database]. Of several processes that start at the same time one
// migrates; the others wait for it and find the schema current. The lock is one of a
// transaction on a connection of its own, since a pooler between the database and this
// process may give each transaction another session.
func (l *Postgres) Migrate(ctx context.Context) error {
	have, want, err := l.SchemaVersion(ctx)
	if err != nil || have >= want {
		return err
	}
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return l.dialect.fault(err)
	}
	defer conn.Release()
	guard, err := conn.Begin(ctx)
	if err != nil {
		return l.dialect.fault(err)
	}
	defer func() { _ = guard.Rollback(context.WithoutCancel(ctx)) }() // releases the lock
	for _, statement := range []string{
		"SET LOCAL lock_timeout = 0", "SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0",
		"SELECT pg_advisory_xact_lock(hashtextextended('migrate', 0))",
	} {
		if _, err := guard.Exec(ctx, statement); err != nil {
			return l.dialect.fault(err)
		}
	}
	if have, want, err = l.SchemaVersion(ctx); err != nil || have >= want {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, l.store.pool.db, l.files)
	if err == nil {
		_, err = p.Up(ctx)
	}
	if err != nil {
		return migrationError(err)
	}
	return nil
}

// databaseClock is the clock of the database, in milliseconds since 1970. It is not
// now(), which stands still in a transaction.
const databaseClock = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

func readClock(q querier) (ms int64, err error) {
	err = q.query("SELECT "+databaseClock, nil, func(r *sql.Rows) error { return r.Scan(&ms) })
	return ms, err
}

// connectReason is why no connection could be made, each reason once: pgx names them for
// each address, and again without TLS.
func connectReason(err error) string {
	var reasons []string
	for line := range strings.Lines(err.Error()) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), ": failed to connect to ")
		if line != "" && !strings.HasPrefix(line, "failed to connect to ") && !slices.Contains(reasons, line) {
			reasons = append(reasons, line)
		}
	}
	if len(reasons) == 0 {
		return err.Error()
	}
	return strings.Join(reasons, "; ")
}
