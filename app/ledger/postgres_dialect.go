package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
)

var postgresDialect = dialect{
	now:      readClock,
	hasTable: "SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass($1)",
	shared:   true,
	// An array is computed once. The planner may run the query of an IN several times,
	// each with other rows that are not locked.
	oneOf:      func(query string) string { return "= ANY (ARRAY(" + query + "))" },
	skipLocked: " FOR UPDATE SKIP LOCKED",
	// The filter is evaluated before the row is locked. A foreign key to the row does
	// not wait for this lock.
	lockedByID: "WHERE id = $1 AND (parent = '' AND is_group = 0 OR " + advisoryLock(`'group' || E'\n' || CASE WHEN parent = '' THEN id ELSE parent END`) +
		" = '') FOR NO KEY UPDATE",
	eachStream: "LATERAL (%s) t",
	lock:       postgresLock,
	// The locks are taken sorted: a sorted subquery is read in its order.
	lockCalls: "SELECT " + advisoryLock("l.name") + " FROM (SELECT DISTINCT '" + callsKind + "' || E'\\n' || owner || E'\\n' || input_hash AS name" +
		" FROM callers WHERE task = ANY ($1) ORDER BY 1) l",
	texts:       postgresTexts,
	ioError:     func(error) bool { return false }, // the server itself stops after an error of fsync
	diskFull:    func(err error) bool { return sqlState(err) == "53100" },
	locked:      func(err error) bool { return sqlState(err) == "55P03" }, // lock_timeout
	unavailable: isUnavailable,
}

// advisoryLock is an expression that locks a name until the end of the transaction. Its
// value is an empty text.
func advisoryLock(name string) string {
	return "CAST(pg_advisory_xact_lock(hashtextextended(" + name + ", 0)) AS TEXT)"
}

// postgresLock is [dialect.lock].
func postgresLock(x *tx, names []string) error {
	query, args := lockStatement(names)
	to := make([]any, len(names)+1)
	for i := range names {
		to[i] = new(string)
	}
	to[len(names)] = &x.now
	return x.query(query, args, func(r *sql.Rows) error { return r.Scan(to...) })
}

// lockStatement is a statement that evaluates expressions, if any, and then takes locks,
// from left to right. Its last column is the clock after that.
func lockStatement(names []string, first ...string) (query string, args []any) {
	columns := slices.Clone(first)
	for i, name := range names {
		columns = append(columns, advisoryLock(fmt.Sprintf("$%d", i+1)))
		args = append(args, name)
	}
	return "SELECT " + strings.Join(append(columns, "CAST("+databaseClock+" AS TEXT)"), ", "), postgresTexts(args)
}

// postgresTexts is [dialect.texts]: PostgreSQL stores no NUL and only valid UTF-8, but a
// caller can send both, for example in an Idempotency-Key.
func postgresTexts(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok && (!utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\u2400")
		}
	}
	return args
}

// sqlState is the code of an error of the server, empty of any other.
func sqlState(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

// isUnavailable says whether the database could not be reached, closed the connection,
// or refuses statements for the time being.
func isUnavailable(err error) bool {
	if code := sqlState(err); code != "" {
		switch code {
		case "25006", // it is a standby
			"53300",          // too many connections
			"40001", "40P01": // serialization failure, deadlock: repeated until the limit
			return true
		}
		return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57") // connection; stopping, starting, statement timeout
	}
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, errTimeout) ||
		errors.Is(err, context.DeadlineExceeded)
}
