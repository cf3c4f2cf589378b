// Package blob is the object store: results, uploads and their sidecars.
//
// [Store] is the interface; package blobtest has its conformance tests. [Dir] is
// a directory on the local disk, opened through os.Root, so that no name or
// symlink leads out of it. [S3] is a bucket of MinIO or another S3 service and
// also implements [Presigner].
//
// An object is written before its sidecar, so a sidecar always describes an
// object that exists.
package blob
