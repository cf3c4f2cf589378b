package ledger

import (
	"context"
	"database/sql"
	"time"

	"aigc/app/task"
)

const (
	answerColumns = "object, task, submit_id, name, size, sha256, created"
	answerWidth   = 7
	selectAnswer  = "SELECT " + answerColumns + " FROM answers "
)

var insertAnswer = "INSERT INTO answers (" + answerColumns + ") VALUES (" + placeholders(1, answerWidth) + `)
	ON CONFLICT (object) DO UPDATE SET name = excluded.name, size = excluded.size, sha256 = excluded.sha256, created = excluded.created`

func (x *tx) keepAnswer(k task.KeptAnswer) error {
	_, err := x.exec(insertAnswer, k.Object, k.Task, k.SubmitID, k.Name, k.Size, k.SHA256, x.now)
	return err
}

// KeepAnswer implements [task.Answers].
func (s *store) KeepAnswer(ctx context.Context, k task.KeptAnswer) error {
	return s.write(ctx, func(x *tx) error { return x.keepAnswer(k) })
}

func answers(q querier, query string, args ...any) (out []task.KeptAnswer, err error) {
	err = q.query(query, args, func(r *sql.Rows) error {
		return readRow(r, answerWidth, func(c *columns) {
			out = append(out, task.KeptAnswer{
				Object: c.text(), Task: c.text(), SubmitID: c.text(), Name: c.text(), Size: c.number(), SHA256: c.text(), Created: c.time(),
			})
		})
	})
	return out, err
}

// Answers implements [task.Answers].
func (s *store) Answers(ctx context.Context, tasks []string) ([]task.KeptAnswer, error) {
	if len(tasks) == 0 {
		return nil, nil
	}
	in, args := inList(1, tasks)
	return answers(s.reader(ctx), selectAnswer+"WHERE task IN ("+in+") ORDER BY task, created DESC, object DESC", args...)
}

// ExpiredAnswers implements [task.Answers].
func (s *store) ExpiredAnswers(ctx context.Context, age time.Duration, limit int) ([]task.KeptAnswer, error) {
	r := s.reader(ctx)
	now, err := s.dialect.now(r)
	if err != nil {
		return nil, err
	}
	before := int64(1) // of those that are marked, created is 0
	if age != 0 {
		before = now - age.Milliseconds()
	}
	return answers(r, selectAnswer+"WHERE created < $1 ORDER BY created LIMIT $2", before, int64(limit))
}

// DropAnswer implements [task.Answers].
func (s *store) DropAnswer(ctx context.Context, object string) error {
	return s.write(ctx, func(x *tx) error {
		_, err := x.exec("DELETE FROM answers WHERE object = $1", object)
		return err
	})
}

// AnswerTotals implements [task.Answers].
func (s *store) AnswerTotals(ctx context.Context) (t task.KeptTotals, err error) {
	err = s.reader(ctx).query("SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM answers", nil, func(r *sql.Rows) error {
		return r.Scan(&t.Count, &t.Bytes)
	})
	return t, err
}
