// Package config reads the settings of the process from the environment and
// from .env, checks all of them, and reports every fault at once.
//
// The settings of vendors are declared by their own packages (see
// provider.Vendor.Settings); this package only fills them in.
package config
