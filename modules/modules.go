// Package modules is the list of what ships.
package modules

import (
	"aigc/app/module"
	"aigc/modules/flux"
	"aigc/modules/gpt"
	"aigc/modules/seedream"
	"aigc/modules/veo3"
)

// All are the verticals, in the order of the catalogue.
func All() []module.Module {
	return []module.Module{
		gpt.New(),
		seedream.New(),
		flux.New(),
		veo3.New(),
	}
}
