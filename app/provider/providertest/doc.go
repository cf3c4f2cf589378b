// Package providertest proves drivers by recorded exchanges: for every folder
// of testdata it sends the driver's real request to a real server, compares it
// with the golden one, plays the vendor's canned answer, and compares what the
// driver makes of it. Run the tests with -update to write the golden files
// anew, and read what changed.
//
// What becomes of a task under every fault of a vendor is proved elsewhere,
// for all modules at once, against their imitations (modules/path_test.go).
package providertest
