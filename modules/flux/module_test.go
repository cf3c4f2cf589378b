package flux_test

import (
	"testing"

	"aigc/app/provider/providertest"
	"aigc/modules/flux"
)

func TestWire(t *testing.T) { providertest.Wire(t, flux.New(), nil) }
