// Package servers starts redis-server and an S3 service as processes on free ports of the
// loopback address, for tests and benchmarks. Package pgtest does it for PostgreSQL.
package servers
