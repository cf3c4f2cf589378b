// Package capacity accounts for what runs out: the free bytes of file systems and the
// file descriptors of this process.
//
// A purchase reserves, before it is claimed, what it needs until its results are stored.
// Callers' files, the log and everything else that fills a disk get only what is left
// beyond these reservations and a floor. A reservation is a number in memory: it shrinks
// as its bytes are written, since the file system counts them then, and it is rebuilt
// from the ledger's rows when a process starts.
//
// Free space and descriptors exist once in a process, so [VolumeOf] and
// [ProcessDescriptors] return the same account to every caller.
package capacity
