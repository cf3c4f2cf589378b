// Package sandbox is the offline imitation of Jimeng through Volcengine's visual
// API. It reads requests by field lists typed from the vendor's pages
// (85621/1817045 and the like, November 2026), verifies signatures by itself,
// and shares nothing with the client but the vendor's name and addresses.
package sandbox
