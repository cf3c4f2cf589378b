package gpt_test

import (
	"testing"

	"aigc/app/provider/providertest"
	"aigc/modules/gpt"
)

func TestWire(t *testing.T) { providertest.Wire(t, gpt.New(), nil) }
