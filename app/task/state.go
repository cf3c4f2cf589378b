package task

// State is where a task stands.
type State string

// The states. Succeeded, Failed and Canceled end a task, though a late answer
// can still bring a Failed one back (see moves.go).
const (
	Queued     State = "queued"     // accepted; nothing was sent
	Submitting State = "submitting" // a worker is about to send, or has sent
	Running    State = "running"    // the vendor gave a ticket
	Storing    State = "storing"    // the answer is ours; its files go to storage
	Succeeded  State = "succeeded"
	Failed     State = "failed"
	Canceled   State = "canceled"
	InDoubt    State = "in_doubt" // sent, and nobody can say what became of it
)

// States are all of them, in the order of a life.
var States = []State{Queued, Submitting, Running, Storing, Succeeded, InDoubt, Failed, Canceled}

// Terminal says that nothing is due for the task and no caller needs to wait.
func (s State) Terminal() bool { return s == Succeeded || s == Failed || s == Canceled }

// Done says that a waiting caller has nothing to wait for: the task ended,
// or only a look-up or a person can move it.
func (s State) Done() bool { return s.Terminal() || s == InDoubt }
