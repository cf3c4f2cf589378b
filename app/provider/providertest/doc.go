// Package providertest proves drivers. A vertical's own test calls three
// things, and each proves what the others cannot:
//
//   - [Run] drives the operation against the vendor's imitation, over real
//     HTTP: what comes of it when all goes well, and under every fault that a
//     prompt can order. What a driver lacks is named in its [Harness].
//   - [Wire] plays recorded exchanges from testdata: the request that really
//     left is compared with a golden one, and so is what the driver makes of
//     the vendor's canned answers. With -update the golden files are written
//     anew; read what changed.
//   - [FuzzSubmit] and [FuzzPoll] feed a driver answers that no vendor would
//     give, and insist that none of them is taken for a result or for an end.
//
// What becomes of a task, once the driver has said what it knows, is the
// worker's business and proved for all modules at once in modules/path_test.go.
package providertest
