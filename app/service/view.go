package service

import (
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"
	"time"

	"aigc/app/blob"
	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/publicurl"
	"aigc/app/task"
)

// view builds the view of one task with its results.
func (s *Service) view(ctx context.Context, t *task.Task) (*View, error) {
	views, err := s.views(ctx, []*task.Task{t})
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

// views builds the views of tasks. The results of all tasks are read by one query,
// the children of each group by another.
func (s *Service) views(ctx context.Context, tasks []*task.Task) ([]*View, error) {
	var ids []string
	children := map[string][]*task.Task{}
	done := tasks
	for _, t := range tasks {
		if t.Group {
			list, err := s.Ledger.Children(ctx, t.ID)
			if err != nil {
				return nil, err
			}
			children[t.ID] = list
			done = append(slices.Clip(done), list...)
			for _, c := range list {
				ids = append(ids, c.ID)
			}
		} else if t.State == task.Succeeded {
			ids = append(ids, t.ID)
		}
	}
	results := map[string][]*task.Asset{}
	if len(ids) > 0 {
		assets, err := s.Ledger.Assets(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, a := range assets {
			results[a.Task] = append(results[a.Task], a)
		}
	}
	kept, err := s.keptAnswers(ctx, done)
	if err != nil {
		return nil, err
	}
	out := make([]*View, len(tasks))
	for i, t := range tasks {
		if t.Group {
			out[i] = s.render(t, nil, nil)
			s.renderGroup(out[i], children[t.ID], results, kept)
		} else {
			out[i] = s.render(t, results[t.ID], kept[t.ID])
		}
	}
	return out, nil
}

func (s *Service) render(t *task.Task, assets []*task.Asset, kept []task.KeptAnswer) *View {
	v := &View{
		TaskID: t.ID, Status: t.State, Progress: t.Progress, Message: t.Message, Created: t.Created.Unix(), Data: []ResultView{},
		Kind: t.Kind, Model: t.Model, Charged: t.Charged, Usage: t.Usage, Warnings: append([]string{}, t.Warnings...),
		Sandbox: t.Sandbox, Tags: t.Tags, RetryOf: t.RetryOf, RetriedAs: t.RetriedAs, Media: t.Media, Vendor: t.Account.Vendor, owner: t.Owner,
	}
	for _, m := range []*provider.Money{t.Quoted, t.Actual} {
		if m != nil {
			v.Cost.Currency = m.Currency
		}
	}
	if t.Quoted != nil {
		v.Cost.Quoted = amount(t.Quoted)
	}
	if t.Actual != nil {
		v.Cost.Actual = amount(t.Actual)
	}
	if t.Charged == fault.ChargedNo && t.State.Terminal() {
		zero := 0.0
		v.Cost.Actual = &zero
	}
	if t.Ticket != nil {
		v.VendorID = t.Ticket.ID
	}
	v.Prompt, v.Error = beginning(t.Input), NewErrorView(t.Error)
	v.setAnswer(s.newAnswer(kept))
	if !t.Finished.IsZero() {
		v.Finished = t.Finished.Unix()
	}
	if !t.Removed.IsZero() {
		v.Removed = t.Removed.Unix()
		if t.State == task.Succeeded {
			v.Warnings = append(v.Warnings, removedText(t))
		}
	}
	if t.State == task.InDoubt && t.Deadline.After(time.Now()) { // the deadline of its look-ups
		v.LookupUntil = t.Deadline.Unix()
	}
	for _, a := range assets {
		v.Data = append(v.Data, s.renderResult(a))
	}
	return v
}

// promptStart is how many characters of a prompt a view shows.
const promptStart = 200

// beginning is the beginning of the prompt in an input; empty if it has none.
func beginning(input json.RawMessage) string {
	var in struct {
		Prompt string `json:"prompt"`
	}
	_ = json.Unmarshal(input, &in) // an input without a prompt of this type has none to show
	if r := []rune(in.Prompt); len(r) > promptStart {
		return string(r[:promptStart]) + "…"
	}
	return in.Prompt
}

func (s *Service) renderResult(a *task.Asset) ResultView {
	r := ResultView{
		URL: s.link(a.Object), AssetID: a.ID, MIMEType: a.MIME, Width: a.Width, Height: a.Height, Duration: a.Duration.Seconds(),
		Size: a.Size, SHA256: a.SHA256, RevisedPrompt: a.Prompt, Seed: a.Seed,
	}
	if a.HasThumbnail() {
		r.ThumbnailURL = s.link(a.Thumb)
	}
	return r
}

func (s *Service) renderGroup(v *View, children []*task.Task, results map[string][]*task.Asset, kept map[string][]task.KeptAnswer) {
	v.Group = &GroupView{}
	var answers []*AnswerView
	var done float64
	for _, c := range children {
		v.Group.Children = append(v.Group.Children, c.ID)
		for _, a := range results[c.ID] {
			v.Data = append(v.Data, s.renderResult(a))
		}
		text := ""
		if a := s.newAnswer(kept[c.ID]); a != nil {
			answers, text = append(answers, a), keptText(a)
		}
		switch {
		case c.State == task.InDoubt:
			v.Warnings = append(v.Warnings, "A part of the results is in doubt (task "+c.ID+"); it is added if the vendor's answer still arrives."+text)
		case c.State == task.Failed && c.Error != nil && v.Status == task.Succeeded:
			v.Warnings = append(v.Warnings, "A part of the results failed (task "+c.ID+"): "+c.Error.Message+text)
		case text != "":
			v.Warnings = append(v.Warnings, "A part of the results could not be used (task "+c.ID+")."+text)
		}
		if c.State.Done() {
			done++
		} else {
			done += c.Progress
		}
	}
	if len(answers) == 1 { // of several, each child has its own
		v.setAnswer(answers[0])
	}
	if len(children) > 0 {
		v.Progress = done / float64(len(children))
	}
}

// amount converts money to a decimal number.
func amount(m *provider.Money) *float64 {
	a := m.Amount()
	return &a
}

// link returns the stable URL of an object.
func (s *Service) link(object string) string { return publicurl.API(s.PublicURL).Object(object) }

// OpenAddress returns a function that builds the URL at which a vendor can fetch
// an object without a key. The URL is empty if links need a key (private) or if
// publicURL is not reachable from another machine.
func OpenAddress(publicURL string, private bool) func(object string) string {
	if public := publicurl.New(publicURL); public.Reachable() && !private {
		return public.Object
	}
	return func(string) string { return "" }
}

func (s *Service) renderAsset(a *task.Asset) *AssetView {
	link := s.link(a.Object)
	name := a.Name
	if name == "" {
		name = path.Base(a.Object)
	}
	return &AssetView{
		AssetID: a.ID, ObjectName: a.Object, OriginalFilename: name, FileSize: a.Size, ContentType: a.MIME,
		SHA256: a.SHA256, FileHash: a.SHA256, Width: a.Width, Height: a.Height,
		FileURL: link, DirectURL: link, AccessURL: link, ImageURL: link, UploadTime: a.Created.UTC(), Bucket: "images",
	}
}

// isHidden says whether an object must not be served by its name: sidecars, kept answers and
// invalid names.
func isHidden(object string) bool {
	return blob.ValidName(object) != nil || blob.IsAnswer(object) || strings.HasSuffix(object, ".json")
}
