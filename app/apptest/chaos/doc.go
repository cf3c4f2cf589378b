// Package chaos tests the roles as separate processes, on real servers, under faults.
//
// Two `aigc serve-api`, two `aigc worker` and one `aigc serve-mcp` run on PostgreSQL,
// Redis, an S3 service and the sandbox, each a process of its own. Callers create image
// and video tasks over REST and MCP, many of them with faults of the vendor, and repeat
// each request that was not answered, with the same idempotency key, while processes are
// killed, frozen and restarted, Redis loses its data, PostgreSQL restarts, the bucket is
// away, and connections to the vendor are cut. In the end the sandbox's count of purchases
// and the bucket are compared with the tasks: nothing lost, nothing paid twice, nothing
// mixed up.
//
// The test is short by default; `task chaos` runs its long form, with fsync of PostgreSQL on.
package chaos
