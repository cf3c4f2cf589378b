package picture

const (
	dogHead = `M54,24 C70,24 79,33 80,46 C81,60 70,71 54,71 C38,71 27,60 28,46 C29,33 38,24 54,24 Z`
	dogBody = `M41,62 C35,74 32,88 32,102 C32,112 37,117 44,117 L64,117 C71,117 76,112 76,102 C76,88 73,74 67,62 Z`
	dogLeg  = `M45,86 C45,96 44,104 43,112 C43,115 45,117 48,117 L52,117 C53.2,117 54,116 54,115 L54,86 Z`
)

// dog sits with its tongue out.
var dog = figure{axis: 54, foot: 117, height: 94, parts: []part{
	line(mainTone, 9, `M70,110 C84,112 94,104 97,90`).thinning(5),
	shape(mainTone, dogBody),
	shape(shadeTone, `M32,102 C32,95 37,88 41.5,88 C46.5,91 48,104 47,117 L44,117 C37,117 32,112 32,102 Z`).both(),
	shape(mainTone, dogLeg).both(),
	shape(paleTone, `M41,109 C46,106.5 51,107 55,108.5 L55,118 L41,118 Z`).within(dogLeg).both(),
	shape(paleTone, `M41,62 C40,78 45,95 54,98 C63,95 68,78 67,62 Z`),
	line(shadeTone, 1, `M54,99 L54,108`),
	shape(paleShadeTone, `M38,66 L70,66 C68,77 61,80 54,80 C47,80 40,77 38,66 Z`).within(dogBody),
	line(accentTone, 5, `M39.5,68 C45,77 63,77 68.5,68`),
	shape(accentShadeTone, `O54,78.6 3.6,3.6`),
	shape(lightTone, `O53.6,78 2.4,2.4`),

	shape(mainTone, dogHead),
	shape(lightTone, `M54,24 C57,24 60,24.5 62.6,25.3 C59,31 58,40 60,48 L48,48 C50,40 49,31 45.4,25.3 C48,24.5 51,24 54,24 Z`),
	shape(paleTone, `M54,44 C60,44 63,50 67,54 C72,60 67,71 54,71 C41,71 36,60 41,54 C45,50 48,44 54,44 Z`),
	shape(shadeTone, `M41,26.5 C30,22 20,28 17,40 C15,50 17,60 22,63 C28,66 32,58 33,50 C34,42 36,33 41,26.5 Z`).both(),
	shape(blushTone, `O35,58 4.2,2.6`).both(),

	shape(irisTone, `O42.5,46.5 3.3,4`).both(),
	shape(darkTone, `O42.5,46.5 2,3.3`).both(),
	shape(whiteTone, `O43.8,44.9 1.2,1.4 O41.6,48.2 0.6,0.7`),
	shape(whiteTone, `O66.8,44.9 1.2,1.4 O64.6,48.2 0.6,0.7`),
	shape(roseTone, `M50.6,63 L57.4,63 C58.4,68 57,72.6 54,72.6 C51,72.6 49.6,68 50.6,63 Z`),
	line(blushTone, 0.8, `M54,64 L54,69`),
	shape(darkTone, `M48.6,54.4 C50,51.8 58,51.8 59.4,54.4 C60,57 56.6,59.6 54,59.6 C51.4,59.6 48,57 48.6,54.4 Z`),
	shape(whiteTone, `O52.2,54.4 1.3,0.7`),
	line(darkTone, 1.1, `M54,59 C54,63.6 49.6,65 46.8,62.6`).both(),
}}
