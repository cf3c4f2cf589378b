package picture

const fishBody = `M14,50 C22,28 48,18 72,24 C90,28 102,38 108,50 C102,62 90,72 72,76 C48,82 22,72 14,50 Z`

// fish swims to the right, its foot at the belly.
var fish = figure{axis: 56, foot: 86, height: 74, parts: []part{
	shape(shadeTone, `M22,50 C14,40 4,32 -10,30 C-6,38 -4,44 -4,50 C-4,56 -6,62 -10,70 C4,68 14,60 22,50 Z`),
	shape(lightTone, `M10,50 C4,44 -2,39 -10,37 C-6,42 -4,46 -4,50 C-4,54 -6,58 -10,63 C-2,61 4,56 10,50 Z`),
	shape(shadeTone, `M40,28 C44,16 56,10 70,12 C68,16 70,20 76,26 Z`),
	shape(shadeTone, `M46,74 C48,82 54,87 64,87 C62,82 64,78 68,76 Z`),
	shape(mainTone, fishBody),
	shape(paleTone, `M36,14 C44,36 44,64 36,86 L50,86 C58,64 58,36 50,14 Z M74,14 C80,36 80,64 74,86 L84,86 C90,64 90,36 84,14 Z`).within(fishBody),
	shape(lightTone, `M10,50 C22,30 50,22 80,28 L80,32 C54,27 30,34 22,48 Z`).within(fishBody),
	shape(shadeTone, `M60,54 C54,50 46,52 42,58 C46,66 54,68 60,64 C62,61 62,57 60,54 Z`),
	shape(blushTone, `O95,57 4.4,2.8`),
	shape(whiteTone, `O95,45 6.4,7`),
	shape(darkTone, `O96.4,45.4 4.2,4.8`),
	shape(whiteTone, `O98,43.2 1.6,1.8`),
	line(darkTone, 1.1, `M107,54 C104,57 101,57.4 98.6,56.4`),
}}
