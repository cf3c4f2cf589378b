// Command bench measures the performance goals of aigc and prints each figure with
// its goal. It starts the upstream vendor, a reverse proxy and aigc as separate
// processes on loopback. Ratios compare figures of the same run, because absolute
// figures vary between machines and moments.
//
//	go run ./bench              all benchmarks, some twenty minutes
//	go run ./bench -only a,b    some of: start, idle, latency, rate, accept, memory, poll,
//	                            videos, history, scale, work, compare
//
// The last five use PostgreSQL, which fsyncs each commit, Redis and an S3 service, which
// they start, and are skipped where one of these is not installed. The last one also needs
// Python and Node, and installs the packages of bench/compare into .tools/compare.
package main
