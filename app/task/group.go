package task

import "aigc/app/fault"

// GroupState computes the state and the charge of a group from its children. It is
// running while a child is neither terminal nor in doubt; then succeeded if at
// least one child is; else in doubt if at least one is; else canceled if all are;
// else failed. The charge is the worst: unknown, then yes, then no.
func GroupState(children []*Task) (State, fault.Charge) {
	n := map[State]int{}
	charged := fault.ChargedNo
	for _, c := range children {
		n[c.State]++
		charged = worseCharge(charged, c.Charged)
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

// worseCharge ranks charges: unknown, then yes, then no.
func worseCharge(a, b fault.Charge) fault.Charge {
	rank := map[fault.Charge]int{fault.ChargedNo: 0, fault.ChargedYes: 1, fault.ChargedUnknown: 2}
	if rank[b] > rank[a] {
		return b
	}
	return a
}
