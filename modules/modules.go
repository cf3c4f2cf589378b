// Package modules lists the verticals and the vendors' imitations that are
// compiled into the binary.
package modules

import (
	"slices"

	"aigc/app/module"
	"aigc/app/sandbox"
	"aigc/modules/cogview"
	"aigc/modules/doubao"
	"aigc/modules/flux"
	"aigc/modules/fluxkontext"
	"aigc/modules/gpt"
	"aigc/modules/hailuo"
	"aigc/modules/hunyuan"
	"aigc/modules/internal/aggregator"
	aggregatorsandbox "aigc/modules/internal/aggregator/sandbox"
	arksandbox "aigc/modules/internal/ark/sandbox"
	bflsandbox "aigc/modules/internal/bfl/sandbox"
	fashnsandbox "aigc/modules/internal/fashn/sandbox"
	jimengsandbox "aigc/modules/internal/jimeng/sandbox"
	klingsandbox "aigc/modules/internal/kling/sandbox"
	minimaxsandbox "aigc/modules/internal/minimax/sandbox"
	openaisandbox "aigc/modules/internal/openai/sandbox"
	recraftsandbox "aigc/modules/internal/recraft/sandbox"
	siliconflowsandbox "aigc/modules/internal/siliconflow/sandbox"
	stabilitysandbox "aigc/modules/internal/stability/sandbox"
	tencentsandbox "aigc/modules/internal/tencent/sandbox"
	tokenhubsandbox "aigc/modules/internal/tokenhub/sandbox"
	vertexsandbox "aigc/modules/internal/vertex/sandbox"
	zhipusandbox "aigc/modules/internal/zhipu/sandbox"
	"aigc/modules/kling"
	"aigc/modules/kolors"
	"aigc/modules/recraft"
	"aigc/modules/recraftv3"
	"aigc/modules/seededit"
	"aigc/modules/seedream"
	"aigc/modules/stablediffusion"
	"aigc/modules/tryon"
	"aigc/modules/veo3"
)

// All returns the verticals, in the order of the catalogue.
func All() []module.Module {
	return []module.Module{
		gpt.Module,
		recraft.Module,
		recraftv3.Module,
		seedream.Module,
		seededit.Module,
		doubao.Module,
		flux.Module,
		fluxkontext.Module,
		cogview.Module,
		hunyuan.Module,
		kling.Module,
		stablediffusion.Module,
		kolors.Module,
		tryon.Module,
		hailuo.Module,
		veo3.Module,
	}
}

// Sandboxes returns the offline imitation of every vendor. Each serves the models
// of the verticals' tables that are not retired.
func Sandboxes() []sandbox.Imitation {
	return []sandbox.Imitation{
		openaisandbox.New(served(gpt.Models)...),
		openaisandbox.NewAzure(served(gpt.AzureModels)...),
		recraftsandbox.New(served(recraft.Models, recraftv3.Models)...),
		arksandbox.New(served(seedream.Models, seededit.Models, doubao.Models)...),
		jimengsandbox.New(served(seedream.JimengModels, seededit.JimengModels)...),
		bflsandbox.New(served(flux.Models, fluxkontext.Models, tryon.BFLModels)...),
		zhipusandbox.New(served(cogview.Models)...),
		tencentsandbox.New(),
		tokenhubsandbox.New(),
		klingsandbox.New(served(kling.Models)...),
		fashnsandbox.New(served(tryon.Models)...),
		stabilitysandbox.New(served(stablediffusion.Models)...),
		siliconflowsandbox.New(served(kolors.Models)...),
		minimaxsandbox.New(served(hailuo.Models)...),
		vertexsandbox.New(served(veo3.Models)...),
		aggregatorsandbox.New(aggregated()...),
	}
}

// aggregated returns the ids of the models that have a route over an aggregator.
func aggregated() (ids []string) {
	reg, err := module.NewRegistry(All()...)
	if err != nil {
		panic(err) // the declarations are constants; the program does not start with them either
	}
	for _, op := range reg.Operations() {
		if r, ok := op.Route(aggregator.Vendor().Name); ok {
			ids = append(ids, served(r.Models)...)
		}
	}
	return ids
}

// served returns the ids of the models that are not retired.
func served(tables ...[]module.Model) (ids []string) {
	for _, m := range slices.Concat(tables...) {
		if !m.IsRetired() {
			ids = append(ids, m.ID)
		}
	}
	return ids
}
