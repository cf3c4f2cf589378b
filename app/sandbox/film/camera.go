package film

// camera moves over the landscape from left to right, step pixels every hold
// frames, and rests when it has gone travel pixels.
type camera struct{ step, hold, travel int }

// maxStep is how far the camera may move at once: only one column of
// macroblocks is coded anew.
const maxStep = 16

// newCamera crosses some 4 % of the width a second, more where the picture is
// so small that this would be less than two pixels a frame, and at most room
// pixels in all. Steps are even: half the size, they are still whole pixels.
func newCamera(width, fps, frames, room int) camera {
	room = min(room, width*6/10)
	c := camera{step: min(max(width*4/100/fps&^1, 2), maxStep), hold: 1}
	for c.step > 2 && c.step*(frames-1) > room {
		c.step -= 2
	}
	for room >= c.step && c.step*((frames-1)/c.hold) > room {
		c.hold++
	}
	c.travel = min(room/c.step, (frames-1)/c.hold) * c.step
	return c
}

// at is where the camera stands in a frame.
func (c camera) at(frame int) int { return min(frame/c.hold*c.step, c.travel) }
