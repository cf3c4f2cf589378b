package broker

// The queues. Each has its own slots, so that slow submissions cannot delay the
// storing of results.
const (
	ImageQueue = "image_queue"
	VideoQueue = "video_queue"
	StoreQueue = "store_queue"
)

// queueSize is the capacity of a queue in this process. Further wake-ups are
// dropped; the monitor finds their tasks.
const queueSize = 4096

// QueueFor returns the queue for tasks of a medium, "image" or "video".
func QueueFor[M ~string](media M) string {
	if media == "video" {
		return VideoQueue
	}
	return ImageQueue
}
