package brokertest

import (
	"fmt"
	"time"

	"aigc/app/broker"
	"aigc/app/fault"
)

// exhaust makes requests until one is over the limit. It returns how many were
// allowed, and RetryAfter of the refused one.
func (p *brokerTest) exhaust(b broker.Broker, caller string, perMinute int) (allowed int, retryAfter time.Duration) {
	p.Helper()
	for ; allowed <= 100*perMinute; allowed++ {
		if err := b.Allow(p.Context(), caller, perMinute); err != nil {
			f := fault.From(err)
			if f.Kind != fault.Throttled || f.Charged != fault.ChargedNo {
				p.Fatalf("%v, charged %s", err, f.Charged)
			}
			return allowed, f.RetryAfter
		}
	}
	p.Fatalf("%s is not limited", caller)
	return 0, 0
}

func limits(p *brokerTest) {
	for i, caller := range []string{"shop", "other shop"} { // the first one's requests do not count for the second
		perMinute := 2 + i
		allowed, retryAfter := p.exhaust(p.b, caller, perMinute)
		if allowed < perMinute || allowed > perMinute+1 { // one more if the loop took longer than a minute / perMinute
			p.Errorf("%s: %d of %d requests were allowed", caller, allowed, perMinute)
		}
		if retryAfter <= 0 || retryAfter > time.Minute/time.Duration(perMinute) {
			p.Errorf("%s: retry after %s", caller, retryAfter)
		}
	}
}

func allowedAgain(p *brokerTest) {
	const perMinute = 600 // one each 100 ms
	p.exhaust(p.b, "shop", perMinute)
	p.eventually("a caller is allowed again", func() bool { return p.b.Allow(p.Context(), "shop", perMinute) == nil })
}

func noLimit(p *brokerTest) {
	p.exhaust(p.b, "shop", 1)
	for i := range 100 {
		if err := p.b.Allow(p.Context(), "shop", 0); err != nil {
			p.Fatal(fmt.Sprint("request ", i+1), err)
		}
	}
}
