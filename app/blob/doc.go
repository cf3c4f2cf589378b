// Package blob keeps objects: results, inputs, uploads and their sidecars.
//
// [Store] is the contract, and package blobtest proves that a store keeps it.
// [Dir] is a directory of this machine, reached through os.Root, so that no
// name leads out of it. [S3] is a bucket at MinIO or any other S3 service; it
// also is a [Presigner].
//
// An object is written before its sidecar: a sidecar therefore always describes
// an object that is there.
package blob
