package cli

import (
	"strings"
	"testing"

	"aigc/app"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
	"aigc/config"
)

// A running server does not work on tasks whose key it does not have.
func TestIdleTasks(t *testing.T) {
	t.Parallel()
	account := task.Account{Vendor: "acme", BaseURL: "https://acme.invalid", Fingerprint: provider.Fingerprint("sk-good")}
	other := account
	other.Fingerprint = provider.Fingerprint("sk-old")
	keyed := func(l *config.Settings) { withKey(l, "https://acme.invalid", "sk-good") }
	none := func(*config.Settings) {}
	for name, c := range map[string]struct {
		set  func(*config.Settings)
		task task.Task
		want string
	}{
		"its key is set":                  {keyed, task.Task{State: task.Running, Account: account}, ""},
		"its key was removed":             {keyed, task.Task{State: task.Running, Account: other}, "the key of Acme that they need is not in the settings"},
		"queued, and a key is set":        {keyed, task.Task{State: task.Queued, Account: task.Account{Vendor: "acme"}}, ""},
		"queued, and another vendor's is": {keyed, task.Task{State: task.Queued, Account: task.Account{Vendor: "gone"}}, "the key of gone"},
		"the sandbox was used":            {keyed, task.Task{State: task.Running, Sandbox: true, Account: account}, "with the sandbox, which is off"},
		"the sandbox is used":             {none, task.Task{State: task.Running, Sandbox: true, Account: account}, ""},
		"the sandbox is used now":         {none, task.Task{State: task.Running, Account: account}, "the server uses the sandbox"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := settings(t)
			c.set(l)
			h, err := module.NewRegistry(toy)
			if err != nil {
				t.Fatal(err)
			}
			d := &doctor{l: l, h: h, owner: &app.LockOwner{}}
			if cause, do := d.idle(&c.task); (cause == "") != (c.want == "") || !strings.Contains(cause, c.want) || (do == "") != (cause == "") {
				t.Errorf("%q, %q; want %q", cause, do, c.want)
			}
		})
	}
}
