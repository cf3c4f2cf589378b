// Package sandbox is the offline imitation of Tencent Cloud's image API "aiart". It reads
// requests by field lists typed from the vendor's pages (docs 1668/124632, 1668/129429,
// 362/4208, November 2026), verifies signatures with its own code, and uses nothing of
// the client but Vendor.
package sandbox
