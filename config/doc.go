// Package config loads the settings of the process from the environment and from
// .env. It validates all of them, and its error lists every fault.
//
// Each vendor's package declares that vendor's settings (see
// provider.Vendor.Settings); this package fills them in.
package config
