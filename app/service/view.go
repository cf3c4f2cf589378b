package service

import (
	"context"
	"net/netip"
	"net/url"
	"path"
	"strings"

	"aigc/app/blob"
	"aigc/app/fault"
	"aigc/app/provider"
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
	for _, t := range tasks {
		if t.Group {
			list, err := s.Ledger.Children(ctx, t.ID)
			if err != nil {
				return nil, err
			}
			children[t.ID] = list
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
	out := make([]*View, len(tasks))
	for i, t := range tasks {
		out[i] = s.render(t, results[t.ID])
		if t.Group {
			s.renderGroup(out[i], children[t.ID], results)
		}
	}
	return out, nil
}

func (s *Service) render(t *task.Task, assets []*task.Asset) *View {
	v := &View{
		TaskID: t.ID, Status: t.State, Progress: t.Progress, Message: t.Message, Created: t.Created.Unix(), Data: []ResultView{},
		Kind: t.Kind, Model: t.Model, Charged: t.Charged, Usage: t.Usage, Warnings: append([]string{}, t.Warnings...),
		Sandbox: t.Sandbox, Tags: t.Tags, RetryOf: t.RetryOf, RetriedAs: t.RetriedAs, Media: t.Media, Vendor: t.Account.Vendor,
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
	v.Error = NewErrorView(t.Error)
	if !t.Finished.IsZero() {
		v.Finished = t.Finished.Unix()
	}
	for _, a := range assets {
		v.Data = append(v.Data, s.renderResult(a))
	}
	return v
}

func (s *Service) renderResult(a *task.Asset) ResultView {
	r := ResultView{
		URL: s.link(a.Object), AssetID: a.ID, MIMEType: a.MIME, Width: a.Width, Height: a.Height, Duration: a.Duration.Seconds(),
		Size: a.Size, SHA256: a.SHA256, RevisedPrompt: a.Prompt, Seed: a.Seed,
	}
	if a.Thumb != "" && a.Thumb != task.NoThumbnail {
		r.ThumbnailURL = s.link(a.Thumb)
	}
	return r
}

func (s *Service) renderGroup(v *View, children []*task.Task, results map[string][]*task.Asset) {
	v.Group = &GroupView{}
	var done float64
	for _, c := range children {
		v.Group.Children = append(v.Group.Children, c.ID)
		for _, a := range results[c.ID] {
			v.Data = append(v.Data, s.renderResult(a))
		}
		switch {
		case c.State == task.InDoubt:
			v.Warnings = append(v.Warnings, "A part of the results is in doubt (task "+c.ID+"); it is added if the vendor's answer still arrives.")
		case c.State == task.Failed && c.Error != nil && v.Status == task.Succeeded:
			v.Warnings = append(v.Warnings, "A part of the results failed (task "+c.ID+"): "+c.Error.Message)
		}
		if c.State.Done() {
			done++
		} else {
			done += c.Progress
		}
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
func (s *Service) link(object string) string { return link(s.PublicURL, object) }

func link(publicURL, object string) string {
	return publicURL + "/api/images/" + (&url.URL{Path: object}).EscapedPath()
}

// OpenAddress returns a function that builds the URL at which a vendor can fetch
// an object without a key. The URL is empty if links need a key (private) or if
// publicURL is not reachable from another machine.
func OpenAddress(publicURL string, private bool) func(object string) string {
	u, err := url.Parse(publicURL)
	if err == nil && u.Hostname() != "" && u.Hostname() != "localhost" && !private {
		if ip, err := netip.ParseAddr(u.Hostname()); err != nil || !ip.IsLoopback() && !ip.IsUnspecified() {
			return func(object string) string { return link(strings.TrimRight(publicURL, "/"), object) }
		}
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

// isHidden says whether an object must not be served: sidecars and invalid names.
func isHidden(object string) bool {
	return blob.ValidName(object) != nil || strings.HasSuffix(object, ".json")
}
