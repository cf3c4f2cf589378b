package broker_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"aigc/app/apptest"
	"aigc/app/broker"
	"aigc/app/broker/brokertest"
)

func openURL(t *testing.T, url string) broker.Broker {
	t.Helper()
	b, err := broker.Open(url, zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	brokertest.Run(t, func(t *testing.T) broker.Broker { return openURL(t, "") })
}

func TestRedis(t *testing.T) {
	t.Parallel()
	brokertest.Run(t, func(t *testing.T) broker.Broker { return openURL(t, brokertest.StartRedis(t).URL()) })
	brokertest.RunShared(t, openURL)
}

// Empty queues are looked into because a wake-up was published, not by asking Redis all the
// time; each wake-up of another process is found by that.
func TestIdleQueuesAreNotPolled(t *testing.T) {
	t.Parallel()
	server := brokertest.StartRedis(t)
	api, worker := openURL(t, server.URL()), openURL(t, server.URL())
	defer api.Close()
	defer worker.Close()
	worker.(*broker.Redis).SetEmptyPoll(time.Hour)
	got := make(chan string)
	queues := []string{broker.ImageQueue, broker.VideoQueue, broker.StoreQueue}
	for _, q := range queues {
		if err := worker.Serve(q, 8, func(_ context.Context, task string) { got <- task }); err != nil {
			t.Fatal(err)
		}
	}
	client := redis.NewClient(&redis.Options{Addr: strings.TrimSuffix(strings.TrimPrefix(server.URL(), "redis://"), "/0")})
	defer client.Close()
	apptest.Eventually(t, 30*time.Second, func() error {
		if n, err := client.PubSubNumSub(t.Context(), broker.WakeChannel).Result(); err != nil || n[broker.WakeChannel] != 1 {
			return fmt.Errorf("%v, %v", n, err)
		}
		return nil
	})
	const wakes = 20
	for i := range wakes {
		api.Wake(queues[i%len(queues)], fmt.Sprint(i))
		if task := <-got; task != fmt.Sprint(i) {
			t.Errorf("%s was taken instead of %d", task, i)
		}
	}
	stats, err := client.Info(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	_, calls, _ := strings.Cut(stats, "cmdstat_rpoplpush:calls=")
	var polls int
	if _, err := fmt.Sscanf(calls, "%d,", &polls); err != nil || polls < wakes || polls > len(queues)+2*wakes {
		t.Errorf("%d polls of %d wake-ups: %v", polls, wakes, err)
	}
}

// The error of a malformed REDIS_URL does not contain its password.
func TestMalformedURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"redis://:hunter2@host:port", "redis://:hun/ter2@host:1/0", "http://hunter2@host"} {
		b, err := broker.Open(url, zerolog.Nop())
		if b != nil || err == nil || strings.Contains(err.Error(), "hun") || !strings.Contains(err.Error(), "REDIS_URL") {
			t.Errorf("%v, %v", b, err)
		}
	}
}

// Close ends all goroutines. Not parallel: other brokers' goroutines would be found.
func TestCloseEndsGoroutines(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) broker.Broker{
		"embedded": func(t *testing.T) broker.Broker { return openURL(t, "") },
		"Redis":    func(t *testing.T) broker.Broker { return openURL(t, brokertest.StartRedis(t).URL()) },
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			got := make(chan string, 100)
			for _, q := range []string{broker.ImageQueue, broker.VideoQueue, broker.StoreQueue} {
				if err := b.Serve(q, 8, func(_ context.Context, task string) { got <- task }); err != nil {
					t.Fatal(err)
				}
				b.Wake(q, "one")
			}
			b.Publish(broker.Event{Task: "one"})
			_ = b.Allow(t.Context(), "shop", 1)
			for range 3 {
				<-got
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) { // Close waits for the goroutines' last action, not for their exit
				left := goroutines("aigc/app/broker.(", "hibiken/asynq", "redis/go-redis")
				if len(left) == 0 {
					return
				}
				if time.Since(begin) > 30*time.Second {
					t.Fatalf("%d goroutines are left:\n%s", len(left), strings.Join(left, "\n\n"))
				}
			}
		})
	}
}

// goroutines returns the stacks that contain one of the words.
func goroutines(words ...string) (found []string) {
	buf := make([]byte, 1<<20)
	for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")[1:] {
		for _, w := range words {
			if strings.Contains(g, w) {
				found = append(found, g)
				break
			}
		}
	}
	return found
}

func ExampleOpen() {
	b, err := broker.Open("", zerolog.Nop()) // no REDIS_URL: embedded
	if err != nil {
		fmt.Println(err)
		return
	}
	woken := make(chan string)
	_ = b.Serve(broker.ImageQueue, 1, func(_ context.Context, task string) { woken <- task })
	b.Wake(broker.QueueFor("image"), "a task")
	fmt.Println(<-woken)
	_ = b.Close()
	// Output: a task
}
