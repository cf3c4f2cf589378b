// Command bench measures the performance goals of aigc and prints each figure with
// its goal. It starts the upstream vendor, a reverse proxy and aigc as separate
// processes on loopback. Ratios compare figures of the same run, because absolute
// figures vary between machines and moments.
//
//	go run ./bench              all benchmarks, some twenty minutes
//	go run ./bench -only a,b    some of: start, idle, latency, rate, accept, memory, poll,
//	                            videos, history, scale, compare
//
// The last four use PostgreSQL, Redis and an S3 service, which they start, and are skipped
// where one of these is not installed. compare also runs the same job in Celery and
// BullMQ, which it installs into .tools.
package main
