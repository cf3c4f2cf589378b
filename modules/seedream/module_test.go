package seedream_test

import (
	"testing"

	"aigc/app/provider/providertest"
	"aigc/modules/seedream"
)

func TestWire(t *testing.T) { providertest.Wire(t, seedream.New(), nil) }
