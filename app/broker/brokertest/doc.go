// Package brokertest has the conformance tests of broker.Broker: call [Run] from
// the tests of each implementation, and [RunShared] for one that several processes
// share over Redis. [StartRedis] starts a real redis-server for a test.
package brokertest
