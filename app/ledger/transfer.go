package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"aigc/app/fault"
)

// ownTables are not copied: they are about the processes of one database and its schema.
var ownTables = []string{"goose_db_version", "workers", "sweeper"}

// Transfer copies all rows of a SQLite ledger, which no process uses, to an empty PostgreSQL
// database, and compares their number and SHA-256 in each table. It is one transaction: if
// it fails, the target stays empty, and it can be repeated. If the target has the same rows
// already, because an earlier call was not told that it was committed, it changes nothing.
// A target with other rows is a fault of kind Conflict. Both must have the current schema.
func Transfer(ctx context.Context, from *SQLite, to *Postgres, onTable func(table string, rows int64)) error {
	tables, err := tablesOf(ctx, from.pool.db)
	if err != nil {
		return from.dialect.fault(err)
	}
	conn, err := to.pool.Acquire(ctx)
	if err != nil {
		return to.dialect.fault(err)
	}
	defer conn.Release()
	x, err := conn.Begin(ctx)
	if err != nil {
		return to.dialect.fault(err)
	}
	defer func() { _ = x.Rollback(context.WithoutCancel(ctx)) }()
	for _, statement := range []string{
		"SET LOCAL lock_timeout = '5s'", "SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0",
		"LOCK TABLE " + strings.Join(append(names(tables), "workers"), ", ") + " IN EXCLUSIVE MODE", // others may read
	} {
		if _, err := x.Exec(ctx, statement); err != nil {
			return to.dialect.fault(err)
		}
	}
	filled, err := filledTable(ctx, x, append(names(tables), "workers"))
	if err != nil {
		return to.dialect.fault(err)
	}
	for _, t := range tables {
		have := newDigest()
		if filled == "" {
			err = t.copyRows(ctx, from.pool.db, x, have)
		} else {
			err = t.readSQLite(ctx, from.pool.db, have.add)
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		got := newDigest()
		if err := t.readPostgres(ctx, x, got.add); err != nil {
			return fmt.Errorf("table %s: %w", t.name, to.dialect.fault(err))
		}
		switch {
		case have.equal(got):
		case filled != "":
			return fault.New(fault.Conflict, "target_not_empty", "%s is not empty: table %s has rows. Name a new database", to.name, filled)
		default:
			return fmt.Errorf("table %s: %d rows were read and %d arrived, or their SHA-256 differ", t.name, have.rows, got.rows)
		}
		onTable(t.name, got.rows)
	}
	if filled != "" {
		return nil
	}
	return to.dialect.fault(x.Commit(ctx))
}

// IsEmpty says whether [Transfer] would copy to a database.
func IsEmpty(ctx context.Context, from *SQLite, to *Postgres) (bool, error) {
	tables, err := tablesOf(ctx, from.pool.db)
	if err != nil {
		return false, from.dialect.fault(err)
	}
	filled, err := filledTable(ctx, to.pool, append(names(tables), "workers"))
	return filled == "", to.dialect.fault(err)
}

// table is a table with its columns.
type table struct {
	name    string
	columns []string
}

func names(tables []table) (out []string) {
	for _, t := range tables {
		out = append(out, t.name)
	}
	return out
}

// tablesOf returns the tables to copy, tasks first, to which others refer.
func tablesOf(ctx context.Context, db *sql.DB) (out []table, err error) {
	rows, err := db.QueryContext(ctx, `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name <> 'tasks', m.name, c.cid`)
	if err != nil {
		return nil, err
	}
	err = drain(rows, func(r *sql.Rows) error {
		var name, column string
		if err := r.Scan(&name, &column); err != nil || slices.Contains(ownTables, name) {
			return err
		}
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, table{name: name})
		}
		last := &out[len(out)-1]
		last.columns = append(last.columns, column)
		return nil
	})
	return out, err
}

// filledTable returns the first table that has a row; empty if none has.
func filledTable(ctx context.Context, x interface {
	QueryRow(context.Context, string, ...any) pgx.Row
}, tables []string) (string, error) {
	for _, name := range tables {
		var filled bool
		if err := x.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+name+")").Scan(&filled); err != nil || filled {
			return name, err
		}
	}
	return "", nil
}

func (t table) selectAll() string {
	return "SELECT " + strings.Join(t.columns, ", ") + " FROM " + t.name
}

// readSQLite calls each with the values of every row, as PostgreSQL stores them.
func (t table) readSQLite(ctx context.Context, db *sql.DB, each func([]any) error) error {
	rows, err := db.QueryContext(ctx, t.selectAll())
	if err != nil {
		return err
	}
	return drain(rows, func(r *sql.Rows) error {
		values, to := make([]any, len(t.columns)), make([]any, len(t.columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := r.Scan(to...); err != nil {
			return err
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = string(b)
			}
		}
		return each(postgresTexts(values))
	})
}

func (t table) readPostgres(ctx context.Context, x pgx.Tx, each func([]any) error) error {
	rows, err := x.Query(ctx, t.selectAll())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err == nil {
			err = each(values)
		}
		if err != nil {
			return err
		}
	}
	return rows.Err()
}

// copyRows copies all rows by COPY, and adds them to a digest.
func (t table) copyRows(ctx context.Context, db *sql.DB, x pgx.Tx, d *digest) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	rows := make(chan []any, 256)
	read := make(chan error, 1)
	go func() {
		defer close(rows)
		read <- t.readSQLite(ctx, db, func(values []any) error {
			select {
			case rows <- values:
				return d.add(values)
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	_, err := x.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromFunc(func() ([]any, error) { return <-rows, nil }))
	stop()
	for range rows { // ends the reader
	}
	if readErr := <-read; err == nil && !errors.Is(readErr, context.Canceled) {
		err = readErr
	}
	return err
}

// digest is the number of rows and the sum of their SHA-256, which does not depend on their
// order: databases sort texts differently.
type digest struct {
	rows int64
	sum  *big.Int
	hash hash.Hash
}

func newDigest() *digest { return &digest{sum: new(big.Int), hash: sha256.New()} }

func (d *digest) add(values []any) error {
	d.hash.Reset()
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			_, _ = io.WriteString(d.hash, "n;")
		case string:
			fmt.Fprintf(d.hash, "s%d:%s;", len(v), v)
		case int64, int32, int16:
			fmt.Fprintf(d.hash, "i%d;", v)
		case float64:
			fmt.Fprintf(d.hash, "f%g;", v)
		default:
			return fmt.Errorf("a column holds a %T", v)
		}
	}
	d.rows++
	d.sum.Add(d.sum, new(big.Int).SetBytes(d.hash.Sum(nil)))
	return nil
}

func (d *digest) equal(o *digest) bool { return d.rows == o.rows && d.sum.Cmp(o.sum) == 0 }
