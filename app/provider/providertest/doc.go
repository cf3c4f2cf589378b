// Package providertest is the conformance test of drivers. The test of a module calls:
//
//   - [Run]: it runs the operation against the vendor's imitation in the sandbox, over
//     real HTTP, once successfully and once with each fault that a directive in the
//     prompt can cause. What a vendor cannot do is listed in [Harness.Lacks].
//   - [Wire]: it replays the exchanges recorded in testdata. The request that the driver
//     sends, and what it makes of the vendor's canned answers, are compared with golden
//     files. -update rewrites them; review the diff.
//   - [FuzzSubmit] and [FuzzPoll]: they feed arbitrary answers to a driver, which must
//     not take any of them for a result or for the end of a job.
//
// How the worker continues a task after each kind of driver error is tested for all
// modules in modules/path_test.go.
package providertest
