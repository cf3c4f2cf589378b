// Command bench measures what aigc promises, and prints every figure beside
// its goal. Upstream, reverse proxy and aigc are processes of their own, on
// loopback, started and ended by it; ratios are of one run, because machines
// are noisy.
//
//	go run ./bench            all of it, a few minutes
//	go run ./bench -only rate one part: start, idle, latency, rate, accept, memory, poll
package main
