package service

import (
	"context"
	"slices"
	"strings"

	"aigc/app/fault"
	"aigc/app/task"
)

// AnswerView is an answer of the vendor that was paid for, came complete and could not be
// used. It is kept as it was received.
type AnswerView struct {
	URL    string `json:"url" doc:"Downloads it; needs the key of the task's owner or of an admin."`
	Name   string `json:"name" doc:"Name for the file."`
	Size   int64  `json:"size" doc:"Bytes."`
	SHA256 string `json:"sha256"`
}

// newAnswer is the view of the newest of a task's answers; nil if there is none.
func (s *Service) newAnswer(kept []task.KeptAnswer) *AnswerView {
	if len(kept) == 0 {
		return nil
	}
	k := kept[0]
	return &AnswerView{URL: s.PublicURL + "/api/tasks/" + k.Task + "/answer", Name: k.Name, Size: k.Size, SHA256: k.SHA256}
}

// keptText is what an error says of a kept answer.
func keptText(a *AnswerView) string {
	return " The vendor's answer is kept: GET " + a.URL + ", or on the command line aigc tasks answer."
}

// setAnswer sets the kept answer, and says so in the error, or in a warning if there is
// no error.
func (v *View) setAnswer(a *AnswerView) {
	if v.Answer = a; a == nil {
		return
	}
	if v.Error != nil {
		v.Error.Message += keptText(a)
	} else if v.Group == nil {
		v.Warnings = append(v.Warnings, "A part of what the vendor delivered could not be used."+keptText(a))
	}
}

// keptAnswers are the answers of tasks that are done, by task.
func (s *Service) keptAnswers(ctx context.Context, tasks []*task.Task) (map[string][]task.KeptAnswer, error) {
	var ids []string
	for _, t := range tasks {
		if t.State.Done() || t.Group {
			ids = append(ids, t.ID)
		}
	}
	list, err := s.answersOf(ctx, ids)
	out := map[string][]task.KeptAnswer{}
	for _, k := range list {
		out[k.Task] = append(out[k.Task], k)
	}
	return out, err
}

// answersOf are the answers of tasks without those that are being removed.
func (s *Service) answersOf(ctx context.Context, ids []string) ([]task.KeptAnswer, error) {
	list, err := s.Ledger.Answers(ctx, ids)
	return slices.DeleteFunc(list, func(k task.KeptAnswer) bool { return k.Created.IsZero() }), err
}

// Answer implements [API].
func (s *Service) Answer(ctx context.Context, c Caller, id string) (*Object, error) {
	k, err := s.findAnswer(ctx, c, id)
	if err != nil {
		return nil, err
	}
	if err := s.checkFiles(1); err != nil {
		return nil, err
	}
	f, o, err := s.Blobs.Open(ctx, k.Object)
	if fault.KindOf(err) == fault.NotFound {
		return nil, noAnswer() // it is being deleted
	}
	if err != nil {
		return nil, err
	}
	return &Object{ReadSeekCloser: f, Name: k.Name, MIME: "application/octet-stream", Size: o.Size, ETag: o.ETag, Modified: o.Modified}, nil
}

// DeleteAnswer implements [API]. The object goes first: without it the row is found and
// deleted by another call, while an object without a row would stay for ever.
func (s *Service) DeleteAnswer(ctx context.Context, c Caller, id string) error {
	k, err := s.findAnswer(ctx, c, id)
	if err != nil {
		return err
	}
	if err := s.Blobs.Delete(ctx, k.Object); err != nil {
		return err
	}
	return s.Ledger.DropAnswer(ctx, k.Object)
}

func noAnswer() error {
	return fault.New(fault.NotFound, "answer_not_found", "No answer of the vendor is kept for this task. Answers are kept if they were paid for and could not be used.").WithCharge(fault.ChargedNo)
}

// findAnswer finds the newest answer of a task; for a group, that of the only child that
// has one.
func (s *Service) findAnswer(ctx context.Context, c Caller, id string) (k task.KeptAnswer, err error) {
	t, err := s.authorized(ctx, c, id)
	if err != nil {
		return k, err
	}
	ids := []string{id}
	if t.Group {
		children, err := s.Ledger.Children(ctx, id)
		if err != nil {
			return k, err
		}
		ids = nil
		for _, child := range children {
			ids = append(ids, child.ID)
		}
	}
	list, err := s.answersOf(ctx, ids)
	if err != nil {
		return k, err
	}
	var with []string // ids of tasks with an answer
	for _, k := range list {
		if len(with) == 0 || with[len(with)-1] != k.Task {
			with = append(with, k.Task)
		}
	}
	switch len(with) {
	case 0:
		return k, noAnswer()
	case 1:
		return list[0], nil
	}
	return k, fault.New(fault.NotFound, "several_answers", "Several tasks of this group have an answer; ask for that of one: %s.", strings.Join(with, ", ")).WithCharge(fault.ChargedNo)
}
