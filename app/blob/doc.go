// Package blob keeps objects: results, inputs, uploads and their sidecars.
//
// [Store] is what a store must do, blobtest proves one. [Dir] keeps them in a
// folder of this machine, through os.Root, so that no name can lead out of it.
// What [Store.Put] reports as stored survives a loss of power; what
// [Store.Batch] stores can be read at once, and survives it when the sync that
// Batch returns has come back.
package blob
