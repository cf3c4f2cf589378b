package broker

import (
	"context"
	"fmt"
	"testing"

	"github.com/rs/zerolog"
)

// A full queue drops new wake-ups and keeps the order of the others. It accepts
// wake-ups again once it is served.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	b := NewEmbedded(zerolog.Nop())
	defer b.Close()
	for i := range queueSize + 100 {
		b.Wake(ImageQueue, fmt.Sprint(i))
	}
	got := make(chan string)
	if err := b.Serve(ImageQueue, 1, func(_ context.Context, task string) { got <- task }); err != nil {
		t.Fatal(err)
	}
	for i := range queueSize {
		if task := <-got; task != fmt.Sprint(i) {
			t.Fatalf("%s instead of %d", task, i)
		}
	}
	b.Wake(ImageQueue, "last")
	if task := <-got; task != "last" {
		t.Errorf("%s was not dropped", task)
	}
}

func BenchmarkEmbeddedWake(b *testing.B) {
	e := NewEmbedded(zerolog.Nop())
	defer e.Close()
	got := make(chan string)
	if err := e.Serve(ImageQueue, 32, func(_ context.Context, task string) { got <- task }); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		e.Wake(ImageQueue, "one")
		<-got
	}
}
