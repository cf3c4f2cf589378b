package task

// State is the state of a task.
type State string

// The states. Succeeded, Failed and Canceled are terminal; only a late answer or a
// resume takes a task out of Failed (see [Moves]).
const (
	Queued     State = "queued"     // accepted; nothing was sent
	Submitting State = "submitting" // claimed by a worker, which is about to send the request, or has sent it
	Running    State = "running"    // the vendor gave a ticket, which is polled
	Storing    State = "storing"    // the answer is journaled; its results are being put into the object store
	Succeeded  State = "succeeded"
	Failed     State = "failed"
	Canceled   State = "canceled"
	InDoubt    State = "in_doubt" // the request was sent, or may have been, and its outcome is unknown
)

// States are all states.
var States = []State{Queued, Submitting, Running, Storing, Succeeded, InDoubt, Failed, Canceled}

// Terminal says that no work is due for the task.
func (s State) Terminal() bool { return s == Succeeded || s == Failed || s == Canceled }

// Done says that a caller need not wait any longer: the state is terminal, or it
// is InDoubt, which only a look-up, a late answer or a person can end.
func (s State) Done() bool { return s.Terminal() || s == InDoubt }
