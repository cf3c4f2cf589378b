package task

import "aigc/app/fault"

// GroupState follows from the children: running while one of them can still
// move by itself; then succeeded if one did, in doubt if none did and one
// cannot be decided, else failed or, if all were, canceled.
func GroupState(children []*Task) (State, fault.Charge) {
	n := map[State]int{}
	charged := fault.ChargedNo
	for _, c := range children {
		n[c.State]++
		charged = worse(charged, c.Charged)
	}
	switch {
	case n[Queued]+n[Submitting]+n[Running]+n[Storing] > 0:
		return Running, charged
	case n[Succeeded] > 0:
		return Succeeded, charged
	case n[InDoubt] > 0:
		return InDoubt, charged
	case n[Canceled] == len(children):
		return Canceled, charged
	}
	return Failed, charged
}

// worse of two charges: unknown, then yes, then no.
func worse(a, b fault.Charge) fault.Charge {
	rank := map[fault.Charge]int{fault.ChargedNo: 0, fault.ChargedYes: 1, fault.ChargedUnknown: 2}
	if rank[b] > rank[a] {
		return b
	}
	return a
}
