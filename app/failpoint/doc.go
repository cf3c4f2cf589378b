// Package failpoint lets a test kill or freeze the real process at a named point.
// Only a build with the tag "faults" does that; in any other build the calls are
// empty.
//
// The points, in the order of a task's life; those without "before" come right after
// the named thing is durable, or else is in memory:
//
//	accepted            the task is in the ledger
//	claimed             its claim is committed
//	before_send         the paid request is about to be sent
//	answered            the vendor's answer is in memory and in unsynced files
//	polled              the result of a poll is in memory
//	before_dir_sync     the answer's files and record are synced, their directories are not
//	journaled           the answer is in the spool
//	answer_recorded     the ledger has the ticket or the answer
//	before_keep         what cannot be used of the answer is about to be put into the object store
//	answer_kept         it is in the object store, the ledger does not know it
//	before_store        the results are about to be put into the object store
//	objects_stored      the objects are in the object store
//	succeeded           the success is committed
//	before_thumbnail    an image is about to be decoded for its thumbnail
//	before_record_S     a transition to state S without an answer is about to be committed
//	recorded_S          it is committed
//
// Those of the deletion of what is too old:
//
//	results_marked      a batch of results is marked, its objects are there
//	object_deleted      an object of a marked result or input is deleted
//	objects_deleted     all of them are, the row is there
//	row_deleted         the row is deleted
//	answer_deleted      the object of a kept answer is deleted, its row is there
//
// That of a copy to another store:
//
//	object_copied       an object is in the other store
//
// Those of a caller's request:
//
//	joined              it has joined the task of an equal one
//	answering           the ledger knows that its answer is about to be written
//	call_answered       its answer was written, which the ledger does not know yet
//	call_unanswered     its caller has left, which the ledger does not know yet
package failpoint
