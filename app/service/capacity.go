package service

import (
	"aigc/app/capacity"
	"aigc/app/disk"
	"aigc/app/fault"
)

// Capacity is what is left on the server's disk and of its descriptors.
type Capacity struct {
	Free        int64        `json:"free_bytes"`            // on the disk of the spool
	Reserved    int64        `json:"reserved_bytes"`        // of these, for results of tasks under way
	Floor       int64        `json:"floor_bytes"`           // that must stay free beside them
	Spool       int64        `json:"spool_bytes"`           // results that are received and not stored yet
	Descriptors *Descriptors `json:"descriptors,omitempty"` // absent where the system has no limit
}

// Descriptors are the file descriptors of the process.
type Descriptors struct {
	Limit    int `json:"limit"`
	Open     int `json:"open"`
	Reserved int `json:"reserved"` // for steps of tasks
}

// rowsKeep is how many bytes the rows of a new task leave free beside all reservations.
const rowsKeep = capacity.Floor / 2

// checkRows returns a fault of kind StorageFull if the ledger's disk has no room for new
// tasks: they would wait in the queue, and their rows take what purchases under way need.
func (s *Service) checkRows() error { return s.Capacity.Ledger.Check(0, rowsKeep) }

// checkFiles returns a fault if a caller's request may not open n more files.
func (s *Service) checkFiles(n int) error {
	if s.Capacity.Descriptors.Fits(capacity.ForCaller, n) < n {
		return capacity.ErrDescriptors
	}
	return nil
}

// diskFault is the fault of a caller's file that cannot be written.
func diskFault(err error) error {
	if disk.IsDescriptors(err) {
		return capacity.ErrDescriptors
	}
	return fault.Wrap(err, fault.StorageFull, "storage_full", "The file cannot be received: the server's disk cannot be written.").WithCharge(fault.ChargedNo)
}

// purchasesHealth says whether tasks can be bought now, and what is left.
func (s *Service) purchasesHealth() (Component, *Capacity) {
	c := &Capacity{Floor: capacity.Floor}
	c.Free, c.Reserved, _ = s.Capacity.Spool.State() // Check reports its error
	if s.SpoolSize != nil {
		c.Spool = s.SpoolSize()
	}
	if limit, open, reserved := s.Capacity.Descriptors.State(); limit > 0 {
		c.Descriptors = &Descriptors{limit, open, reserved}
	}
	if err := s.Capacity.Check(); err != nil {
		f := fault.From(err)
		return Component{"degraded", "Nothing is bought now; tasks wait in the queue. " + f.StableCode() + ": " + f.Message}, c
	}
	return Component{Status: "ok"}, c
}
