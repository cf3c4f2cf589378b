// Package sandbox imitates four hosts that serve many vendors' models: a new-api, which
// answers with results and sends empty strings for what is absent, EvoLink and Qiniu,
// which give tickets, and chatfire, which makes the videos of the replaced service. It
// reads requests by the field lists of the hosts' documentation and uses none of the
// client's structs.
package sandbox
