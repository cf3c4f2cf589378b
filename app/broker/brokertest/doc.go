// Package brokertest proves a broker: call [Run] from the tests of every
// implementation, and [RunShared] from those of one that processes share over
// Redis. It also starts real Redis servers for tests.
package brokertest
