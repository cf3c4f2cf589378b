package seedream

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/ark"
)

// Module is the vertical.
type Module struct{}

// New makes it.
func New() module.Module { return Module{} }

// Spec implements [module.Module].
func (Module) Spec() module.Spec {
	return module.Spec{Name: "seedream", Title: "Seedream 即梦", Doc: "ByteDance's Seedream models: pictures from text and from pictures, up to 4K."}
}

// Mount implements [module.Module].
func (Module) Mount(h *module.Host) error {
	module.Add[ark.Input](h, module.Operation{
		Name: "generate", Paths: []string{"/seedream/generate"}, Tool: "create_seedream_image", Kind: module.Image, Main: true,
		Title:  "Draw a picture with Seedream",
		Doc:    "Draws pictures from a text in Chinese or English, or from up to 14 pictures and a text. Large and detailed.",
		Models: models, Fanout: "n", Submit: 6 * time.Minute,
	}, module.Via[ark.Input](ark.Vendor(), ark.Driver{}))
	return nil
}
