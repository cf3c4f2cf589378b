package picture

// paperBoat is folded from one sheet; foot is its water line.
var paperBoat = figure{axis: 60, foot: 76, height: 68, hull: 2, deck: 0.12, seat: 1.15, parts: []part{
	shape(paleTone, `M60,10 L86,58 L34,58 Z`),
	shape(paleShadeTone, `M60,10 L86,58 L60,58 Z`),
	shape(mainTone, `M6,42 L60,60 L114,42 L94,84 L26,84 Z`),
	shape(shadeTone, `M114,42 L60,60 L60,84 L94,84 Z`),
	shape(lightTone, `M6,42 L60,60 L26,84 Z`),
}}

const (
	mainSail = `M60,14 C84,32 94,52 96,70 L60,70 Z`
	foreSail = `M52,20 C42,42 30,58 18,70 L52,70 Z`
	hull     = `M6,78 L112,78 C110,90 102,100 92,102 L26,102 C16,100 9,90 6,78 Z`
)

// sailboat carries two sails and a flag.
var sailboat = figure{axis: 58, foot: 92, height: 92, hull: 7, deck: 0.02, seat: 0.52, parts: []part{
	line(darkTone, 2.4, `M56,80 L56,4`),
	shape(accentTone, `M57,3.4 L72,7.4 L57,12 Z`),
	shape(paleTone, mainSail),
	shape(paleShadeTone, `M60,52 C76,54 90,56 110,62 L110,80 L60,80 Z`).within(mainSail),
	shape(accentTone, `M60,34 C72,35 84,37 100,42 L100,53 C84,47 72,45 60,44 Z`).within(mainSail),
	shape(paleTone, foreSail),
	shape(paleShadeTone, `M52,56 C42,61 30,64 10,65 L10,80 L52,80 Z`).within(foreSail),
	shape(darkTone, `M8,75 L110,75 L110,79 L8,79 Z`),
	shape(mainTone, hull),
	shape(shadeTone, `M0,88 L120,88 L120,110 L0,110 Z`).within(hull),
	shape(paleTone, `O40,83.6 2.6,2.6 O58,83.6 2.6,2.6 O76,83.6 2.6,2.6`),
}}

const balloonSkin = `M60,4 C86,4 102,22 102,44 C102,64 84,80 72,92 L48,92 C36,80 18,64 18,44 C18,22 34,4 60,4 Z`

// balloon carries a basket; foot is the bottom of the basket.
var balloon = figure{axis: 60, foot: 124, height: 120, parts: []part{
	line(darkTone, 0.9, `M49,92 L52,110 M71,92 L68,110`),
	shape(mainTone, balloonSkin),
	shape(paleTone, `M60,4 C40,14 34,70 50,92 L38,92 C14,70 16,16 60,4 Z M60,4 C80,14 86,70 70,92 L82,92 C106,70 104,16 60,4 Z`).within(balloonSkin),
	shape(accentTone, `M60,4 C52,20 50,74 56,92 L64,92 C70,74 68,20 60,4 Z`),
	shape(shadeTone, `M48,92 L72,92 L70,97 L50,97 Z`),
	shape(accentShadeTone, `M50,108 L70,108 L68,124 L52,124 Z`),
	shape(accentTone, `M48.6,107 L71.4,107 L71.4,111 L48.6,111 Z`),
}}

// rocket climbs; foot is the end of its flame.
var rocket = figure{axis: 60, foot: 134, height: 132, parts: []part{
	shape(accentTone, `M48,98 C46,112 52,122 60,134 C68,122 74,112 72,98 Z`),
	shape(glowTone, `M53,98 C52,108 56,114 60,122 C64,114 68,108 67,98 Z`),
	shape(mainTone, `M44,66 C32,74 27,86 28,102 C34,96 40,93 47,92 Z`).both(),
	shape(paleTone, `M60,2 C78,18 84,44 80,70 C79,80 76,90 72,98 L48,98 C44,90 41,80 40,70 C36,44 42,18 60,2 Z`),
	shape(paleShadeTone, `M60,2 C78,18 84,44 80,70 C79,80 76,90 72,98 L62,98 C70,70 70,30 60,2 Z`),
	shape(mainTone, `M60,2 C68,9 74,19 77.4,30 L42.6,30 C46,19 52,9 60,2 Z`),
	shape(shadeTone, `M60,2 C68,9 74,19 77.4,30 L66.8,30 C65.6,20 63.4,10 60,2 Z`),
	shape(darkTone, `O60,50 11,11`),
	shape(accentTone, `O60,50 8.4,8.4`),
	shape(lightTone, `M53,54.6 C51,50 52,44 57,42.2 L64.6,42.9 C60,45 55,50 53,54.6 Z`),
	shape(shadeTone, `M46,92 L74,92 L72,98 L48,98 Z`),
	shape(shadeTone, `M57.8,76 L62.2,76 L62.2,98 L57.8,98 Z`),
}}
