package picture

const (
	catHead = `M54,22 C71,22 83,32 84,46 C85,61 71,70 54,70 C37,70 23,61 24,46 C25,32 37,22 54,22 Z`
	catEar  = `M26,44 C24,29 24,17 26,9.5 C26.5,7.6 28.4,7.2 30,8.2 C38,13 45,19 50,26 Z`
	catBody = `M42,62 C35,74 32,88 32,102 C32,112 37,117 44,117 L64,117 C71,117 76,112 76,102 C76,88 73,74 66,62 Z`
	catLeg  = `M46,86 C46,96 45,104 44,112 C44,115 46,117 49,117 L52,117 C53.2,117 54,116 54,115 L54,86 Z`
)

// cat sits, its tail in the air.
var cat = figure{axis: 54, foot: 117, height: 110, parts: []part{
	line(mainTone, 9, `M68,111 C90,117 104,106 101,90 C98.5,77 104,66 113,69`),
	line(shadeTone, 9, `M108.5,68.3 C110,67.9 111.6,68.2 113,69`),
	line(shadeTone, 2.6, `M93.6,103.4 L98.6,107.2 M98.4,92.6 L103.8,92.6 M97.4,82.6 L102.8,81`),

	shape(mainTone, catBody),
	shape(shadeTone, `M32,102 C32,95 37,88 41.5,88 C46.5,91 48,104 47,117 L44,117 C37,117 32,112 32,102 Z`).both(),
	line(shadeTone, 2.4, `M34,80 L41,82 M33,88 L38,89`).within(catBody).both(),
	shape(mainTone, catLeg).both(),
	shape(paleTone, `M42,110 C46,107.5 51,108 55,109.5 L55,118 L42,118 Z`).within(catLeg).both(),
	shape(paleTone, `M43,62 C41,76 45,94 54,97 C63,94 67,76 65,62 Z`),
	line(shadeTone, 1, `M54,98 L54,109`),

	shape(mainTone, catEar).both(),
	shape(blushTone, `M30,34 C28.4,26 28.2,20 29,15 C34,18.4 39,22.6 42.5,27.5 Z`).both(),
	shape(paleShadeTone, `M40,66 L68,66 C66,76 60,79 54,79 C48,79 42,76 40,66 Z`).within(catBody),
	line(accentTone, 4.6, `M40.5,68 C45,75.5 63,75.5 67.5,68`),
	shape(mainTone, catHead),
	line(shadeTone, 3, `M54,23 L54,33 M46,24 L47.5,31 M62,24 L60.5,31`).thinning(1.4).within(catHead),
	line(shadeTone, 2.8, `M22,47 L31,48.5 M24,56 L32,55.5`).thinning(1.2).within(catHead).both(),
	shape(paleTone, `M54,50 C57,53 62,53 65.5,56 C69,60 66,69 54,70 C42,69 39,60 42.5,56 C46,53 51,53 54,50 Z`),
	shape(blushTone, `O33,57 4.6,2.8`).both(),
	shape(accentShadeTone, `O54,75.5 3,3`),
	shape(accentTone, `O53.4,74.9 2.2,2.2`),

	shape(irisTone, `O41,46 4,5`).both(),
	shape(darkTone, `O41,46 2.4,4.2`).both(),
	shape(whiteTone, `O42.6,43.9 1.6,1.8 O39.8,48.2 0.8,0.9`),
	shape(whiteTone, `O68.6,43.9 1.6,1.8 O65.8,48.2 0.8,0.9`),
	shape(blushTone, `M51,55.4 C52,54.4 56,54.4 57,55.4 C57,57 55,58.4 54,58.4 C53,58.4 51,57 51,55.4 Z`),
	shape(darkTone, `M51.4,55.2 C52.4,54.2 55.6,54.2 56.6,55.2 C56.6,56.6 55,58 54,58 C53,58 51.4,56.6 51.4,55.2 Z`),
	line(darkTone, 1, `M54,58 C54,61.6 50.6,62.8 48.4,60.8`).both(),
	line(darkTone, 0.7, `M36,58.5 L22,56.5 M36,61 L23,63`).thinning(0.3).both(),
}}
