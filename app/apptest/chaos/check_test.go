//go:build linux

package chaos_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aigc/app/apptest"
	"aigc/app/blob"
	"aigc/app/service"
	"aigc/app/task"
)

// outcome counts how orders ended.
type outcome struct {
	states    map[task.State]int
	explained int // tasks in doubt whose answer was lost on purpose
	faults    []string
}

func (o *outcome) fault(format string, args ...any) {
	o.faults = append(o.faults, fmt.Sprintf(format, args...))
}

// get reads a document of the first API.
func (c *cluster) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.apis[0].addr+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	return client.Do(req)
}

// task reads a task.
func (c *cluster) task(id string) (*service.View, error) {
	res, err := c.get(context.Background(), "/api/tasks/"+id)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var e struct {
		Data  *service.View
		Error string
	}
	if err := json.NewDecoder(res.Body).Decode(&e); err != nil {
		return nil, err
	}
	if e.Data == nil {
		return nil, fmt.Errorf("task %s: %s %s", id, res.Status, e.Error)
	}
	return e.Data, nil
}

// awaitRoles waits until exactly the processes of the cluster are alive: those that were
// killed are forgotten.
func (c *cluster) awaitRoles() {
	c.t.Helper()
	want := map[string]int{"serve-api": 2, "serve-mcp": 1, "worker": 2}
	apptest.Eventually(c.t, 60*time.Second, func() error {
		res, err := c.get(context.Background(), "/api/status")
		if err != nil {
			return err
		}
		defer res.Body.Close()
		var e struct{ Data service.Inspection }
		if err := json.NewDecoder(res.Body).Decode(&e); err != nil {
			return err
		}
		have := map[string]int{}
		for _, p := range e.Data.Processes {
			have[p.Role]++
		}
		if !maps.Equal(have, want) {
			return fmt.Errorf("processes: %v, want %v", have, want)
		}
		return nil
	})
}

// events reads the events of a task that is done.
func (c *cluster) events(id string) (list []task.Event, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second) // the stream of a task in doubt does not end
	defer cancel()
	res, err := c.get(ctx, "/api/tasks/"+id+"/events")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var e task.Event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return nil, err
		}
		if list = append(list, e); e.To == task.InDoubt && len(list) > 1 {
			return list, nil
		}
	}
	return list, nil
}

// awaitDone waits until all tasks are done.
func (c *cluster) awaitDone(orders []*order, limit time.Duration) map[string]*service.View {
	c.t.Helper()
	views := map[string]*service.View{}
	apptest.Eventually(c.t, limit, func() error {
		open := map[string]int{} // by state and message
		for _, o := range orders {
			if o.id == "" || views[o.id] != nil {
				continue
			}
			v, err := c.task(o.id)
			switch {
			case err != nil:
				return err
			case v.Status.Done():
				views[o.id] = v
			default:
				open[fmt.Sprintf("%s: %s", v.Status, v.Message)]++
			}
		}
		if len(open) > 0 {
			return fmt.Errorf("tasks are not done: %v", open)
		}
		return nil
	})
	return views
}

// check compares what callers were told with the sandbox's count of purchases and the
// files in the bucket.
func (c *cluster) check(orders []*order, views map[string]*service.View, losses []span) *outcome {
	out := &outcome{states: map[task.State]int{}}
	bought := c.sandbox.Purchases().ByTask
	seen := map[string]int{} // the order of a file's sha256
	for _, o := range orders {
		if o.id == "" {
			out.fault("order %d was never accepted", o.number)
			continue
		}
		for id := range o.other {
			out.fault("order %d: a caller was told of task %s, another of %s", o.number, o.id, id)
		}
		v := views[o.id]
		out.states[v.Status]++
		n := bought[o.id]
		delete(bought, o.id)
		if n > 1 {
			out.fault("order %d: paid %d times", o.number, n)
		}
		switch {
		case v.Status == task.Succeeded && n != 1:
			out.fault("order %d succeeded with %d purchases", o.number, n)
		case v.Status == task.Succeeded:
			if err := c.checkStored(o, v, seen); err != nil {
				out.fault("order %d: %v", o.number, err)
			}
		case v.Status == task.InDoubt:
			if why := c.unexplained(o, losses); why != "" {
				out.fault("order %d (%s) is in doubt: %s", o.number, o.family.tool, why)
			} else {
				out.explained++
			}
		case !slices.Contains(o.fault.ends, v.Status):
			out.fault("order %d (%s %s) is %s: %+v", o.number, o.family.tool, o.fault.directive, v.Status, v.Error)
		}
	}
	for id, n := range bought {
		out.fault("%d purchases for task %s, of which no caller was told", n, id)
	}
	return out
}

// checkStored checks the files of a task: they are those that their sidecars describe, made
// for the prompt of the order, and not those of another order.
func (c *cluster) checkStored(o *order, v *service.View, seen map[string]int) error {
	if len(v.Data) == 0 {
		return errors.New("succeeded without a result")
	}
	for _, r := range v.Data {
		_, object, ok := strings.Cut(r.URL, "/api/images/")
		if !ok {
			return fmt.Errorf("no object in %q", r.URL)
		}
		path := filepath.Join(c.s3.Dir, bucket, filepath.FromSlash(object))
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		raw, err := os.ReadFile(blob.SidecarName(path))
		if err != nil {
			return err
		}
		s, err := blob.DecodeSidecar(raw)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		hash := hex.EncodeToString(sum[:])
		switch other, ok := seen[hash]; {
		case s.TaskID != o.id || s.Prompt != o.prompt:
			return fmt.Errorf("%s is of task %s with the prompt %q", object, s.TaskID, s.Prompt)
		case s.SHA256 != hash:
			return fmt.Errorf("%s is not the file of its sidecar", object)
		case ok:
			return fmt.Errorf("%s has the content of order %d", object, other)
		}
		seen[hash] = o.number
	}
	return nil
}

// unexplained says why nothing explains that a task is in doubt: neither its prompt nor a
// fault while it was submitted. Empty: something does.
func (c *cluster) unexplained(o *order, losses []span) string {
	if o.fault.loses {
		return ""
	}
	list, err := c.events(o.id)
	if err != nil {
		return err.Error()
	}
	var sent time.Time
	for _, e := range list {
		if e.To == task.Submitting {
			sent = e.At
		}
		if e.To != task.InDoubt {
			continue
		}
		for _, s := range losses {
			if sent.Before(s.to) && s.from.Before(e.At) {
				return ""
			}
		}
		return fmt.Sprintf("submitted %s, in doubt %s (%s %s)", sent.Format(time.StampMilli), e.At.Format(time.StampMilli), e.Cause, e.Note)
	}
	return fmt.Sprintf("no event says so: %+v", list)
}

// awaitNoStrayFiles waits until each file in the bucket belongs to a task. A task in doubt
// that a look-up finds at the vendor gets its result at any time, so those are read again.
func (c *cluster) awaitNoStrayFiles(views map[string]*service.View) {
	c.t.Helper()
	apptest.Eventually(c.t, 30*time.Second, func() error {
		for id, v := range views {
			if v.Status != task.InDoubt {
				continue
			}
			if v, err := c.task(id); err != nil {
				return err
			} else if v.Status.Done() {
				views[id] = v
			}
		}
		if files := c.strayFiles(views); len(files) > 0 {
			return fmt.Errorf("in the bucket, and of no task: %s", strings.Join(files, ", "))
		}
		return nil
	})
}

// strayFiles are files in the bucket that belong to no task.
func (c *cluster) strayFiles(views map[string]*service.View) (out []string) {
	known := map[string]bool{}
	for _, v := range views {
		for _, r := range v.Data {
			_, object, _ := strings.Cut(r.URL, "/api/images/")
			known[object] = true
		}
	}
	root := filepath.Join(c.s3.Dir, bucket)
	_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(root, path)
		object := strings.TrimSuffix(strings.TrimSuffix(filepath.ToSlash(name), ".json"), blob.ThumbnailExt)
		if strings.HasPrefix(object, "ai_generated/") && !known[object] {
			out = append(out, name)
		}
		return nil
	})
	return out
}
