package picture

// place is the setting of a scene.
type place uint8

const (
	anywhere place = iota
	meadow
	mountain
	sea
	depths // under water
	forest
	city
	desert
	space
)

// hour is the light of a scene.
type hour uint8

const (
	anytime hour = iota
	day
	dusk
	night
)

// weather is what falls from the sky.
type weather uint8

const (
	fair weather = iota
	snow
	rain
)

// word is the meaning of a word in a prompt; most fields are empty.
type word struct {
	actor   *actor
	place   place
	hour    hour
	weather weather
	light   bool   // the word is the sun or the moon: a colour before it is theirs
	colour  uint32 // 0xrrggbb
}

// words are the known words, in lower case and in the singular.
var words = map[string]word{
	"fox": {actor: theFox}, "vixen": {actor: theFox}, "狐": {actor: theFox}, "🦊": {actor: theFox},
	"cat": {actor: theCat}, "kitten": {actor: theCat}, "kitty": {actor: theCat}, "猫": {actor: theCat}, "🐱": {actor: theCat},
	"dog": {actor: theDog}, "puppy": {actor: theDog}, "corgi": {actor: theDog}, "狗": {actor: theDog}, "犬": {actor: theDog},
	"rabbit": {actor: theRabbit}, "bunny": {actor: theRabbit}, "hare": {actor: theRabbit}, "兔": {actor: theRabbit},
	"bird": {actor: theBird}, "sparrow": {actor: theBird}, "robin": {actor: theBird}, "鸟": {actor: theBird},
	"fish": {actor: theFish}, "goldfish": {actor: theFish}, "clownfish": {actor: theFish}, "鱼": {actor: theFish},
	"robot": {actor: theRobot}, "android": {actor: theRobot}, "机器人": {actor: theRobot},
	"house": {actor: theHouse}, "cottage": {actor: theHouse}, "cabin": {actor: theHouse}, "home": {actor: theHouse}, "房": {actor: theHouse}, "屋": {actor: theHouse},
	"flower": {actor: theFlowers}, "daisy": {actor: theFlowers}, "tulip": {actor: theFlowers}, "rose": {actor: theFlowers}, "sunflower": {actor: theFlowers}, "花": {actor: theFlowers},
	"boat": {actor: theSailboat}, "sailboat": {actor: theSailboat}, "ship": {actor: theSailboat}, "yacht": {actor: theSailboat}, "船": {actor: theSailboat},
	"paper boat": {actor: thePaperBoat}, "paperboat": {actor: thePaperBoat}, "origami": {actor: thePaperBoat}, "纸船": {actor: thePaperBoat},
	"balloon": {actor: theBalloon}, "气球": {actor: theBalloon},
	"rocket": {actor: theRocket}, "spaceship": {actor: theRocket}, "火箭": {actor: theRocket},
	"apple tree": {actor: theTree}, "oak": {actor: theTree}, "tree": {actor: theTree}, "树": {actor: theTree},

	"meadow": {place: meadow}, "field": {place: meadow}, "hill": {place: meadow}, "garden": {place: meadow}, "grass": {place: meadow}, "草": {place: meadow},
	"mountain": {place: mountain}, "alp": {place: mountain}, "peak": {place: mountain}, "lake": {place: mountain}, "山": {place: mountain}, "湖": {place: mountain},
	"sea": {place: sea}, "ocean": {place: sea}, "wave": {place: sea}, "beach": {place: sea}, "coast": {place: sea}, "海": {place: sea},
	"underwater": {place: depths}, "reef": {place: depths}, "coral": {place: depths}, "aquarium": {place: depths}, "海底": {place: depths},
	"forest": {place: forest}, "wood": {place: forest}, "jungle": {place: forest}, "pine": {place: forest}, "森林": {place: forest}, "林": {place: forest},
	"city": {place: city}, "town": {place: city}, "street": {place: city}, "skyline": {place: city}, "skyscraper": {place: city}, "城": {place: city},
	"desert": {place: desert}, "dune": {place: desert}, "cactus": {place: desert}, "沙漠": {place: desert},
	"space": {place: space, hour: night}, "galaxy": {place: space, hour: night}, "planet": {place: space, hour: night}, "太空": {place: space, hour: night},

	"day": {hour: day}, "morning": {hour: day}, "noon": {hour: day}, "summer": {hour: day}, "sunny": {hour: day},
	"sun": {hour: day, light: true}, "阳": {hour: day, light: true}, "晴": {hour: day},
	"sunset": {hour: dusk, light: true}, "sunrise": {hour: dusk, light: true}, "dusk": {hour: dusk}, "dawn": {hour: dusk}, "evening": {hour: dusk}, "夕": {hour: dusk}, "日落": {hour: dusk},
	"night": {hour: night}, "midnight": {hour: night}, "star": {hour: night}, "starry": {hour: night}, "夜": {hour: night}, "星": {hour: night},
	"moon": {hour: night, light: true}, "moonlight": {hour: night, light: true}, "月": {hour: night, light: true},

	"snow": {weather: snow}, "snowy": {weather: snow}, "winter": {weather: snow}, "christmas": {weather: snow}, "雪": {weather: snow}, "冬": {weather: snow},
	"rain": {weather: rain}, "rainy": {weather: rain}, "storm": {weather: rain}, "雨": {weather: rain},

	"red": {colour: 0xdd4b2c}, "crimson": {colour: 0xb8243c}, "scarlet": {colour: 0xd93025}, "红": {colour: 0xdd4b2c},
	"orange": {colour: 0xf28a2e}, "ginger": {colour: 0xe98a3c}, "橙": {colour: 0xf28a2e}, "橘": {colour: 0xf28a2e},
	"yellow": {colour: 0xf4c430}, "golden": {colour: 0xeeb23c}, "gold": {colour: 0xeeb23c}, "黄": {colour: 0xf4c430}, "金": {colour: 0xeeb23c},
	"green": {colour: 0x5aa469}, "emerald": {colour: 0x2f9e78}, "绿": {colour: 0x5aa469},
	"teal": {colour: 0x2a9d8f}, "turquoise": {colour: 0x3dbdb0}, "cyan": {colour: 0x45bcd8},
	"blue": {colour: 0x3f7fc4}, "navy": {colour: 0x2f4b84}, "蓝": {colour: 0x3f7fc4},
	"purple": {colour: 0x8a5cb8}, "violet": {colour: 0x8a5cb8}, "紫": {colour: 0x8a5cb8},
	"pink": {colour: 0xf28cab}, "粉": {colour: 0xf28cab},
	"white": {colour: 0xf6f1ea}, "白": {colour: 0xf6f1ea},
	"grey": {colour: 0x9a9ca8}, "gray": {colour: 0x9a9ca8}, "silver": {colour: 0xb4bac6}, "灰": {colour: 0x9a9ca8},
	"black": {colour: 0x45414f}, "黑": {colour: 0x45414f},
	"brown": {colour: 0x96694a}, "棕": {colour: 0x96694a},
}
