package seedream

import "aigc/app/module"

// List prices in US dollars a picture (BytePlus, November 2026). The ids with
// doubao- are those of Volcengine, the others of BytePlus.
var models = []module.Model{
	{ID: "doubao-seedream-5-5-261028", Title: "Seedream 5.5", Doc: "newest", Aliases: []string{"seedream", "即梦", "dola-seedream-5-5-261028"}, Prices: []module.Price{{Per: "image", USD: 0.020, When: "1K, 1.5K"}, {Per: "image", USD: 0.035, When: "2K"}, {Per: "input picture", USD: 0.008}}},
	{ID: "doubao-seedream-5-0-pro-260628", Title: "Seedream 5.0 pro", Aliases: []string{"dola-seedream-5-0-pro-260628"}, Prices: []module.Price{{Per: "image", USD: 0.045, When: "up to 2.36 MP"}, {Per: "image", USD: 0.09, When: "above"}}},
	{ID: "doubao-seedream-5-0-flash-260915", Title: "Seedream 5.0 flash", Doc: "fast", Prices: each(0.018)},
	{ID: "doubao-seedream-5-0-260128", Title: "Seedream 5.0 lite", Doc: "series of pictures, web search", Aliases: []string{"doubao-seedream-5-0-lite-260128"}, Prices: each(0.035)},
	{ID: "doubao-seedream-4-5-251128", Title: "Seedream 4.5", Doc: "series of pictures, 4K", Prices: each(0.04)},
	{ID: "doubao-seedream-4-0-250828", Title: "Seedream 4.0", Doc: "series of pictures, 4K", Prices: each(0.03)},
	{ID: "seedream-5-5-261028", Title: "Seedream 5.5 (BytePlus)", Prices: each(0.035)},
	{ID: "seedream-5-0-pro-260628", Title: "Seedream 5.0 pro (BytePlus)", Prices: each(0.09)},
	{ID: "seedream-5-0-flash-260915", Title: "Seedream 5.0 flash (BytePlus)", Prices: each(0.018)},
	{ID: "seedream-5-0-260128", Title: "Seedream 5.0 lite (BytePlus)", Prices: each(0.035)},
	{ID: "seedream-4-5-251128", Title: "Seedream 4.5 (BytePlus)", Prices: each(0.04)},
	{ID: "seedream-4-0-250828", Title: "Seedream 4.0 (BytePlus)", Prices: each(0.03)},
	{ID: "doubao-seedream-3-0-t2i-250415", Title: "Seedream 3.0", Retired: "2026-05-13", Aliases: []string{"即梦3.0", "seedream-3-0-t2i-250415"}, Prices: each(0.03)},
	{ID: "doubao-seededit-3-0-i2i-250628", Title: "SeedEdit 3.0", Retired: "2026-05-13", Aliases: []string{"seededit-3-0-i2i-250628"}, Prices: each(0.03)},
}

func each(usd float64) []module.Price { return []module.Price{{Per: "image", USD: usd}} }
