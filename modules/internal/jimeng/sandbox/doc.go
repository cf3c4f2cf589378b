// Package sandbox is the offline imitation of Jimeng through Volcengine's visual
// API. It reads requests by field lists typed from the vendor's pages
// (docs 85621/1817045 and others, November 2026), verifies signatures with its own
// code, and uses nothing of the client but Vendor.
package sandbox
