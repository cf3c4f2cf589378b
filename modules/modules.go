// Package modules is the list of what ships.
package modules

import (
	"aigc/app/module"
	"aigc/app/sandbox"
	"aigc/modules/flux"
	"aigc/modules/gpt"
	"aigc/modules/internal/ark"
	"aigc/modules/internal/bfl"
	klingsandbox "aigc/modules/internal/kling/sandbox"
	"aigc/modules/internal/openai"
	"aigc/modules/internal/vertex"
	"aigc/modules/kling"
	"aigc/modules/seedream"
	"aigc/modules/veo3"
)

// All are the verticals, in the order of the catalogue.
func All() []module.Module {
	return []module.Module{
		gpt.Module,
		seedream.Module,
		flux.Module,
		kling.Module,
		veo3.Module,
	}
}

// Sandboxes are the offline imitations of their vendors.
func Sandboxes() []sandbox.Imitation {
	return []sandbox.Imitation{openai.Sandbox(), ark.Sandbox(), bfl.Sandbox(), klingsandbox.New(alive(kling.Models)...), vertex.Sandbox()}
}

// alive are the ids of the models that a vendor still serves.
func alive(models []module.Model) (ids []string) {
	for _, m := range models {
		if !m.Gone() {
			ids = append(ids, m.ID)
		}
	}
	return ids
}
