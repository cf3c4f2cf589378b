package main

import (
	"database/sql"
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"
)

// scaleCallers is how many callers there are at once.
const scaleCallers = 16

// measureScale measures the rate at which two APIs accept tasks while no worker runs, as a
// share of the rate of single-row inserts into the same PostgreSQL, and what a second API
// adds.
func measureScale(b *bench) error {
	c, err := b.cluster("OPENAI_API_KEY=bench", "OPENAI_BASE_URL=http://127.0.0.1:9/v1")
	if err != nil {
		return err
	}
	defer c.stop()
	worker, err := c.start("worker") // announces the vendor's account
	if err != nil {
		return err
	}
	var apis []caller
	for range 2 {
		api, err := c.start("serve-api")
		if err != nil {
			return err
		}
		apis = append(apis, asyncCaller(api))
	}
	if err := apis[0].once(); err != nil {
		return err
	}
	if err := c.noteIdleRedis(); err != nil {
		return err
	}
	worker.stop()
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(scaleCallers)
	db.SetMaxIdleConns(scaleCallers)
	if _, err := db.Exec("CREATE TABLE bare (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body TEXT NOT NULL)"); err != nil {
		return err
	}
	if _, err := rateOf(apis, 2*time.Second); err != nil { // prepares statements
		return err
	}
	const rounds, window = 3, 4 * time.Second
	var bare, one, two float64
	for range rounds {
		n, err := bareInserts(db, window)
		if err != nil {
			return err
		}
		single, err := rateOf(apis[:1], window)
		if err != nil {
			return err
		}
		both, err := rateOf(apis, window)
		if err != nil {
			return err
		}
		note("bare inserts %.0f/s, accepted by one API %.0f/s, by two %.0f/s", n, single, both)
		bare, one, two = bare+n/rounds, one+single/rounds, two+both/rounds
	}
	share := two / bare
	report("asynchronous accept by two APIs on PostgreSQL, share of bare inserts", fmt.Sprintf("%.2f (%.0f of %.0f/s; one API %.0f/s)", share, two, bare, one), ">= 0.25", share >= 0.25)
	return nil
}

// asyncCaller creates image tasks without waiting for them.
func asyncCaller(api *process) caller {
	c := throughAIGC(api.url)
	c.header, c.want = map[string]string{"Prefer": "respond-async", "Authorization": "Bearer " + clusterKey}, http.StatusAccepted
	return c
}

// rateOf returns the requests per second of all callers, who are spread over the servers.
func rateOf(list []caller, d time.Duration) (sum float64, err error) {
	var wg sync.WaitGroup
	rates, errs := make([]float64, len(list)), make([]error, len(list))
	for i, c := range list {
		wg.Go(func() { rates[i], errs[i] = c.rate(scaleCallers/len(list), d, math.MaxInt64) })
	}
	wg.Wait()
	for i := range list {
		if errs[i] != nil {
			return 0, errs[i]
		}
		sum += rates[i]
	}
	return sum, nil
}

// bareInserts returns the rate of single-row inserts of 1 KB, each its own transaction, by
// the same number of callers.
func bareInserts(db *sql.DB, d time.Duration) (float64, error) {
	insert, err := db.Prepare("INSERT INTO bare (body) VALUES ($1)")
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	return insertRate(scaleCallers, d, func(body string) error { _, err := insert.Exec(body); return err })
}
