package service

import (
	"context"
	"slices"
	"time"

	"aigc/app/module"
	"aigc/app/task"
)

// Inspection is what runs and what waits, of all processes on the ledger.
type Inspection struct {
	Processes []ProcessView `json:"processes"`
	Queues    []QueueView   `json:"queues"`
	Vendors   []VendorKeys  `json:"vendors"`
	Timestamp time.Time     `json:"timestamp"`
}

// ProcessView is a process that uses the ledger.
type ProcessView struct {
	ID        string    `json:"id"`
	Role      string    `json:"role"`
	Version   string    `json:"version"`
	Started   time.Time `json:"started"`
	Heartbeat time.Time `json:"heartbeat"`
	Alive     bool      `json:"alive" doc:"It is the only process, or its last heartbeat is recent."`
}

// QueueView is how many tasks that are not ended a module has in each state.
type QueueView struct {
	Module       string       `json:"module"`
	Vendor       string       `json:"vendor"`
	Media        module.Media `json:"media" enum:"image,video"`
	Queued       int          `json:"queued"`
	Submitting   int          `json:"submitting"`
	Running      int          `json:"running"`
	Storing      int          `json:"storing"`
	InDoubt      int          `json:"in_doubt"`
	OldestQueued *time.Time   `json:"oldest_queued,omitempty" doc:"When the oldest queued task was created."`
}

// Inspect implements [API].
func (s *Service) Inspect(ctx context.Context) (*Inspection, error) {
	out := &Inspection{Timestamp: time.Now().UTC(), Processes: []ProcessView{}, Queues: []QueueView{}}
	list, err := s.Ledger.Processes(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		alive := len(list) == 1 || p.IsAlive()
		out.Processes = append(out.Processes, ProcessView{ID: p.ID, Role: p.Role, Version: p.Version, Started: p.Started.UTC(), Heartbeat: p.Heartbeat.UTC(), Alive: alive})
	}
	loads, err := s.Ledger.Loads(ctx)
	if err != nil {
		return nil, err
	}
	out.Queues = queueViews(loads)
	_, out.Vendors = s.vendorHealth(ctx)
	return out, nil
}

// queueViews sums loads up by module, vendor and media, in the order of the loads.
func queueViews(loads []task.Load) []QueueView {
	out := []QueueView{}
	for _, l := range loads {
		i := slices.IndexFunc(out, func(q QueueView) bool { return q.Module == l.Module && q.Vendor == l.Vendor && q.Media == l.Media })
		if i < 0 {
			i = len(out)
			out = append(out, QueueView{Module: l.Module, Vendor: l.Vendor, Media: l.Media})
		}
		q := &out[i]
		switch l.State {
		case task.Queued:
			q.Queued += l.Tasks
			oldest := l.Oldest.UTC()
			q.OldestQueued = &oldest
		case task.Submitting:
			q.Submitting += l.Tasks
		case task.Running:
			q.Running += l.Tasks
		case task.Storing:
			q.Storing += l.Tasks
		case task.InDoubt:
			q.InDoubt += l.Tasks
		}
	}
	return out
}
