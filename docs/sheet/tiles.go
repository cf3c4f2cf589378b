package main

// tile is one module of the sheet.
type tile struct {
	module string
	model  string         // empty: the module's default
	input  map[string]any // of POST /api/images/create
	inputs []string       // image fields that get the first result as their value
	video  bool
}

// tiles are all modules, in the order of the catalogue. The prompts are words that the
// sandbox can draw, chosen so that neighbours differ in subject, place and light.
var tiles = []tile{
	{module: "gpt", input: prompt("a red fox")},
	{module: "recraft", input: prompt("an orange balloon over the mountains at sunrise")},
	{module: "recraftv3", input: prompt("a yellow sailboat on the sea")},
	{module: "seedream", input: prompt("a white rabbit in the snow at night")},
	{module: "seededit", input: prompt("the fox in winter"), inputs: []string{"image"}},
	{module: "doubao", input: prompt("a robot in a city at dusk")},
	{module: "flux", input: prompt("a red rocket in space")},
	{module: "fluxkontext", input: prompt("a pink flower in a meadow")},
	{module: "cogview", input: prompt("蓝色的鸟，森林")},
	{module: "hunyuan", input: prompt("一条金鱼在海底")},
	{module: "kling", input: prompt("a grey cat in a city in the rain")},
	{module: "stablediffusion", input: prompt("an apple tree on a hill at sunset")},
	{module: "kolors", input: prompt("一只红色的纸船")},
	{module: "tryon", model: "vto-v2", input: prompt("a dog with a red scarf in the desert"), inputs: []string{"person_image", "garment_image"}},
	{module: "hailuo", input: prompt("a red house at night under the stars")},
	{module: "veo3", input: prompt("a balloon over the mountains"), video: true},
}

func prompt(text string) map[string]any { return map[string]any{"prompt": text} }
