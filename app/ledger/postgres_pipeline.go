package ledger

import (
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Round trips to the server are most of what a short transaction costs. Statements whose
// result nothing depends on are therefore queued and sent with the next one that is
// needed, at the latest with COMMIT, and BEGIN is sent with the first locks. The server
// runs them in order, and none after one that failed.

// statement is a queued statement.
type statement struct {
	query string
	args  []any
}

// later implements [conn].
func (c *postgresConn) later(query string, args ...any) error {
	c.queued = append(c.queued, statement{query, postgresTexts(args)})
	return nil
}

// send sends the queued statements and those of more in one message. It returns the
// results of the last one: what it changed, and its last row.
func (c *postgresConn) send(more ...statement) (tag pgconn.CommandTag, row [][]byte, err error) {
	list := append(c.queued, more...)
	c.queued = nil
	if len(list) == 0 {
		return tag, nil, nil
	}
	err = c.Raw(func(driverConn any) error {
		batch := &pgx.Batch{}
		for _, s := range list {
			batch.Queue(s.query, s.args...)
		}
		results := driverConn.(*stdlib.Conn).Conn().SendBatch(c.ctx, batch)
		for range list {
			rows, err := results.Query()
			if err != nil {
				_ = results.Close()
				return err
			}
			row = nil
			for rows.Next() {
				row = row[:0]
				for _, v := range rows.RawValues() {
					row = append(row, append([]byte(nil), v...))
				}
			}
			if tag, err = rows.CommandTag(), rows.Err(); err != nil {
				_ = results.Close()
				return err
			}
		}
		return results.Close()
	})
	return tag, row, err
}

const beginTransaction = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"

// transactionLimits are expressions that set the limits of a transaction. Commits wait for
// the disk, also where the server's default is that they do not.
var transactionLimits = fmt.Sprintf(`set_config('lock_timeout', '%d', true), set_config('statement_timeout', '%d', true), set_config('idle_in_transaction_session_timeout', '%d', true),
	set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)`,
	lockTimeout.Milliseconds(), statementTimeout.Milliseconds(), idleTimeout.Milliseconds())

// begin begins a transaction, sets its limits and takes its first locks, in this order and
// in one round trip. It returns the database's clock after that.
func (c *postgresConn) begin(o opening) (now int64, err error) {
	c.queued = []statement{{beginTransaction, nil}}
	if o.blind {
		c.queued = append(c.queued, statement{"SELECT " + transactionLimits, nil})
		return 0, nil
	}
	query, args := lockStatement(o.locks, transactionLimits)
	_, row, err := c.send(statement{query, args})
	if err != nil {
		return 0, err
	}
	return parseClock(row)
}

// parseClock reads the clock, the last column of a [lockStatement].
func parseClock(row [][]byte) (int64, error) {
	if len(row) == 0 {
		return 0, fmt.Errorf("the database returned no clock")
	}
	return strconv.ParseInt(string(row[len(row)-1]), 10, 64)
}
