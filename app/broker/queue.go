package broker

// The queues. Each is served with slots of its own, so that slow purchases
// cannot starve storing.
const (
	ImageQueue = "image_queue"
	VideoQueue = "video_queue"
	StoreQueue = "store_queue"
)

// queueSize is how many wake-ups a process keeps for a queue that is not
// served fast enough; more are dropped, and the monitor finds their tasks.
const queueSize = 4096

// QueueFor returns the queue in which purchases of a medium ("image" or
// "video") wait.
func QueueFor[M ~string](media M) string {
	if media == "video" {
		return VideoQueue
	}
	return ImageQueue
}
