// Command bench measures the performance goals of aigc and prints each figure with
// its goal. It starts the upstream vendor, a reverse proxy and aigc as separate
// processes on loopback. Ratios compare figures of the same run, because absolute
// figures vary between machines and moments.
//
//	go run ./bench            all benchmarks, a few minutes
//	go run ./bench -only rate one of: start, idle, latency, rate, accept, memory, poll
package main
