// Package sandbox imitates Black Forest Labs offline: its paths, its checks of
// keys and fields, its jobs, errors and prices (docs.bfl.ai, October 2026). It
// reads requests by the field lists of the documentation and shares nothing
// with the client, so that the two cannot agree on a mistake.
package sandbox
