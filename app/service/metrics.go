package service

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// collector reads the metrics of the ledger and of this process's disk when they are
// scraped. Those of the ledger are the same in every process that uses it.
type collector struct{ s *Service }

// Collector are the Prometheus metrics of tasks, vendor keys, processes and room.
func (s *Service) Collector() prometheus.Collector { return collector{s} }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("aigc_"+name, help, labels, nil)
}

var (
	tasksDesc       = desc("tasks", "Tasks that are not ended, without groups; the same in every process.", "state", "module", "vendor")
	oldestDesc      = desc("queue_oldest_seconds", "Age of the oldest queued task; the same in every process.", "media")
	keysDesc        = desc("vendor_keys", "Keys of a vendor, as workers announced them; the same in every process.", "vendor", "state")
	processesDesc   = desc("processes", "Processes with a recent heartbeat; the same in every process.", "role")
	keptDesc        = desc("kept_answers", "Answers that were paid for and could not be used; the same in every process.")
	keptBytesDesc   = desc("kept_answers_bytes", "Bytes of these answers.")
	ledgerUpDesc    = desc("ledger_up", "1 if the ledger answers.")
	storageUpDesc   = desc("storage_up", "1 if the object store answers.")
	brokerUpDesc    = desc("broker_up", "1 if the broker answers.")
	freeDesc        = desc("disk_free_bytes", "Free bytes on the disk of this process's spool.")
	reservedDesc    = desc("disk_reserved_bytes", "Bytes of these that are reserved for results of tasks under way.")
	spoolDesc       = desc("spool_bytes", "Bytes of answers in this process's spool.")
	buyableDesc     = desc("purchases_possible", "1 if this process has room for another purchase: disk and descriptors.")
	descriptorsDesc = desc("descriptors", "File descriptors of this process.", "state")
)

// Describe implements [prometheus.Collector].
func (c collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		tasksDesc, oldestDesc, keysDesc, processesDesc, keptDesc, keptBytesDesc, ledgerUpDesc, storageUpDesc, brokerUpDesc,
		freeDesc, reservedDesc, spoolDesc, buyableDesc, descriptorsDesc,
	} {
		out <- d
	}
}

// Collect implements [prometheus.Collector]. Metrics of a ledger that does not answer are
// left out: they are not zero.
func (c collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	stores := c.s.checkStores(context.Background())
	for d, err := range map[*prometheus.Desc]error{storageUpDesc: stores.storage, brokerUpDesc: stores.broker, ledgerUpDesc: stores.ledger} {
		up := 1.0
		if err != nil {
			up = 0
		}
		gauge(d, up)
	}
	if stores.ledger == nil {
		c.tasks(gauge)
	}
	c.room(gauge)
}

type gaugeFunc func(d *prometheus.Desc, v float64, labels ...string)

func (c collector) tasks(gauge gaugeFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	defer cancel()
	found, err := c.s.Inspect(ctx)
	if err != nil {
		return
	}
	oldest, tasks := map[string]float64{}, map[[3]string]float64{} // a module may have images and videos
	for _, q := range found.Queues {
		for state, n := range map[string]int{"queued": q.Queued, "submitting": q.Submitting, "running": q.Running, "storing": q.Storing, "in_doubt": q.InDoubt} {
			tasks[[3]string{state, q.Module, q.Vendor}] += float64(n)
		}
		if q.OldestQueued != nil {
			oldest[string(q.Media)] = max(oldest[string(q.Media)], found.Timestamp.Sub(*q.OldestQueued).Seconds())
		}
	}
	for labels, n := range tasks {
		gauge(tasksDesc, n, labels[:]...)
	}
	for _, media := range []string{"image", "video"} {
		gauge(oldestDesc, oldest[media], media)
	}
	roles := map[string]float64{}
	for _, p := range found.Processes {
		if p.Alive {
			roles[p.Role]++
		}
	}
	for role, n := range roles {
		gauge(processesDesc, n, role)
	}
	for _, v := range found.Vendors {
		gauge(keysDesc, float64(v.Keys-v.Parked), v.Vendor, "usable")
		gauge(keysDesc, float64(v.Parked), v.Vendor, "parked")
	}
	if kept, err := c.s.Ledger.AnswerTotals(ctx); err == nil {
		gauge(keptDesc, float64(kept.Count))
		gauge(keptBytesDesc, float64(kept.Bytes))
	}
}

func (c collector) room(gauge gaugeFunc) {
	health, room := c.s.purchasesHealth()
	gauge(freeDesc, float64(room.Free))
	gauge(reservedDesc, float64(room.Reserved))
	gauge(spoolDesc, float64(room.Spool))
	possible := 0.0
	if health.Status == "ok" {
		possible = 1
	}
	gauge(buyableDesc, possible)
	if d := room.Descriptors; d != nil {
		gauge(descriptorsDesc, float64(d.Limit), "limit")
		gauge(descriptorsDesc, float64(d.Open), "open")
		gauge(descriptorsDesc, float64(d.Reserved), "reserved")
	}
}
