package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"aigc/app/service"
	"aigc/app/task"
)

// progress shows the progress of a task.
type progress interface {
	show(v *service.View)
	note(text string) // prints a line
	end()             // may be called again
}

func (c *cli) newProgress() progress {
	if terminal(c.Err) {
		return newBar(c.Err, bool(c.paint))
	}
	return &lines{out: c.Err, began: time.Now()}
}

// stageText describes a task's state.
func stageText(v *service.View) string {
	words := map[task.State]string{
		task.Queued: "queued", task.Submitting: "sent, waiting for the answer", task.Running: "running at the vendor",
		task.Storing: "storing the result", task.Succeeded: "done", task.Failed: "failed", task.Canceled: "canceled", task.InDoubt: "in doubt",
	}
	text := words[v.Status]
	if text == "" {
		text = string(v.Status)
	}
	if v.Status == task.Running && v.Group != nil {
		text = fmt.Sprintf("%d tasks in progress", len(v.Group.Children))
	}
	if v.Message != "" {
		text += ": " + oneLine(v.Message)
	}
	return text
}

// lines is progress for a file or a pipe: one line for each change.
type lines struct {
	out   io.Writer
	began time.Time
	last  string
}

func (l *lines) show(v *service.View) {
	text := stageText(v)
	if v.Progress > 0 && v.Progress < 1 {
		text = fmt.Sprintf("%s, %d %%", text, int(v.Progress*100))
	}
	if text != l.last {
		l.last = text
		l.note(text)
	}
}

func (l *lines) note(text string) {
	_, _ = fmt.Fprintf(l.out, "%6.1fs  %s\n", time.Since(l.began).Seconds(), text)
}

func (l *lines) end() {}

// bar is progress for a terminal: a bar if the vendor reports progress, otherwise a
// spinner, with the elapsed time.
type bar struct {
	out  io.Writer
	mu   sync.Mutex
	bar  *progressbar.ProgressBar
	stop chan struct{}
	once sync.Once
}

func newBar(out io.Writer, colour bool) *bar {
	b := &bar{out: out, stop: make(chan struct{})}
	b.bar = progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(out),
		progressbar.OptionEnableColorCodes(colour),
		progressbar.OptionSetWidth(30),
		progressbar.OptionSpinnerType(14),
		progressbar.OptionSetSpinnerChangeInterval(0), // spin renders instead
		progressbar.OptionSetElapsedTime(true),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░", BarStart: "", BarEnd: ""}),
		progressbar.OptionSetDescription("sending the request"),
	)
	go b.spin()
	return b
}

// spin renders the bar 8 times a second, so that the elapsed time advances.
func (b *bar) spin() {
	tick := time.NewTicker(120 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-b.stop:
			return
		case <-tick.C:
			b.mu.Lock()
			select {
			case <-b.stop:
			default:
				_ = b.bar.RenderBlank() // a closed terminal does not end the command
			}
			b.mu.Unlock()
		}
	}
}

func (b *bar) show(v *service.View) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bar.Describe(stageText(v))
	if v.Progress > 0 && v.Progress < 1 {
		if b.bar.GetMax64() != 100 {
			b.bar.ChangeMax64(100)
		}
		_ = b.bar.Set(int(v.Progress * 100))
	}
}

func (b *bar) note(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.bar.Clear()
	_, _ = fmt.Fprintln(b.out, text)
}

func (b *bar) end() {
	b.once.Do(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		close(b.stop)
		_ = b.bar.Clear()
	})
}
