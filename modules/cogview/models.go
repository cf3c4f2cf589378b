package cogview

import (
	"aigc/app/module"
	"aigc/modules/internal/zhipu"
)

// Models are Zhipu's image models, the default first. BigModel serves all of them;
// Z.ai's documentation names the default and glm-image.
var Models = []module.Model{
	{ID: "cogview-4-250304", Title: "CogView-4 250304", Aliases: []string{"cogview"}, Prices: zhipu.PerImageAtZAI(0.01)},
	{ID: "cogview-4", Title: "CogView-4", Prices: zhipu.PerImageAtZAI(0.01)},
	{ID: "cogview-3-flash", Title: "CogView-3 Flash", Doc: "free and often throttled", Prices: zhipu.FreeAtBigModel()},
	{ID: "glm-image", Title: "GLM-Image", Doc: "up to 2048x2048; takes about 20 s", Prices: zhipu.PerImageAtZAI(0.015)},
}
