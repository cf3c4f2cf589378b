package main

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// buckets are the counts of a Prometheus histogram by the upper bounds of its buckets, in
// seconds, rising. They are cumulative.
type buckets []struct{ bound, count float64 }

// histogram reads a histogram without labels from a process's metrics.
func (p *process) histogram(name string) (out buckets, err error) {
	res, err := http.Get(p.metrics + "/metrics")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), name+`_bucket{le="`)
		if !ok {
			continue
		}
		var b struct{ bound, count float64 }
		if _, err := fmt.Sscanf(strings.Replace(text, `"}`, "", 1), "%g %g", &b.bound, &b.count); err != nil {
			return nil, fmt.Errorf("%s: %w", lines.Text(), err)
		}
		out = append(out, b)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no histogram %s", name)
	}
	return out, lines.Err()
}

// since are the counts without those of an earlier moment.
func (b buckets) since(earlier buckets) buckets {
	out := append(buckets(nil), b...)
	for i := range out {
		out[i].count -= earlier[i].count
	}
	return out
}

// quantile estimates a quantile, by linear interpolation within a bucket.
func (b buckets) quantile(q float64) time.Duration {
	rank := q * b[len(b)-1].count
	var bound, count float64
	for _, next := range b {
		if next.count >= rank {
			if next.bound > 1e6 { // +Inf
				return time.Duration(bound * float64(time.Second))
			}
			share := 1.0
			if next.count > count {
				share = (rank - count) / (next.count - count)
			}
			return time.Duration((bound + share*(next.bound-bound)) * float64(time.Second))
		}
		bound, count = next.bound, next.count
	}
	return 0
}
