-- +goose Up

-- When a parked key was last taken by a prober, or parked. Of all processes one probes
-- the keys of a vendor, and none within 15 s of the last time.
ALTER TABLE vendor_keys ADD COLUMN probed INTEGER NOT NULL DEFAULT 0;
