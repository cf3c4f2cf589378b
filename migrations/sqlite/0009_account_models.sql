-- +goose Up

-- The models that an account serves, separated by line ends; empty: those of the tables.
ALTER TABLE vendor_accounts ADD COLUMN models TEXT NOT NULL DEFAULT '';
