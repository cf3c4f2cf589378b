package hunyuan

import (
	"aigc/app/module"
	"aigc/modules/internal/hunyuan"
	"aigc/modules/internal/tokenhub"
)

// Models are the models of the route to Tencent Cloud's API, which needs a key pair.
var Models = []module.Model{
	{ID: hunyuan.Image30, Title: "HunyuanImage 3.0", Doc: "up to 3 input images", Aliases: []string{"hunyuan", "hunyuan-image", "hy-image-v3.0", "HY-Image-V3.0", "混元"}},
}

// TokenHubModels are the models of the route to TokenHub, which needs an API key. It
// serves 3.0 under the id hy-image-v3.
var TokenHubModels = []module.Model{
	{ID: hunyuan.Image30, Title: "HunyuanImage 3.0", Doc: "up to 3 input images", Aliases: append([]string{"hy-image-v3"}, Models[0].Aliases...)},
	{ID: hunyuan.Image35Preview, Title: "HunyuanImage 3.5 preview", Doc: "newest, up to 4096x4096; with TENCENT_API_KEY", Aliases: []string{"hunyuan-image-3.5-preview", "hunyuan-image-3.5"}, Prices: tokenhub.Preview},
}
