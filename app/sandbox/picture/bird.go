package picture

const birdBody = `M20,62 C18,38 36,20 58,20 C78,20 92,34 93,54 C94,78 76,98 54,98 C35,98 22,84 20,62 Z`

// bird is round and faces right.
var bird = figure{axis: 54, foot: 108, height: 92, parts: []part{
	line(darkTone, 2.4, `M48,94 L46,107 L41,108 M46,107 L51,108 M62,94 L62,107 L57,108 M62,107 L67,108`),
	shape(shadeTone, `M28,72 C16,74 6,72 -6,64 C-8,72 -6,80 0,84 C-4,86 -5,90 -4,93 C10,96 24,92 36,84 Z`),
	shape(accentTone, `M90,44 C98,44 106,48 110,54 C104,59 97,60 90,59 Z`),
	shape(accentShadeTone, `M91,53 C98,54 104,54.4 110,54 C104,59 97,60 90,59 Z`),
	shape(mainTone, birdBody),
	shape(mainTone, `M52,24 C50,16 52,11 58,8 C57,12 58,14 60,15 C62,12 65,10 69,10 C66,14 66,18 68,24 Z`),
	shape(paleTone, `M96,40 C84,46 74,54 72,66 C70,80 60,92 40,100 L100,110 Z`).within(birdBody),
	shape(shadeTone, `M24,54 C32,50 52,50 62,58 C66,62 62,76 48,81 C36,84 26,80 22,72 C26,73 29,72 31,70 C26,69 22,62 24,54 Z`),
	shape(lightTone, `M24,54 C32,50 52,50 62,58 C52,57 40,60 31,70 C26,69 22,62 24,54 Z`),
	shape(blushTone, `O77,60 5,3.2`),
	shape(irisTone, `O73,44 4.4,5.2`),
	shape(darkTone, `O73,44 2.8,4.2`),
	shape(whiteTone, `O74.8,42 1.7,1.9 O71.8,46.4 0.8,0.9`),
}}
