package picture

const (
	rabbitHead = `M54,34 C69,34 79,42 79,54 C79,66 68,73 54,73 C40,73 29,66 29,54 C29,42 39,34 54,34 Z`
	rabbitEar  = `M39,42 C31,26 30,10 35,3 C37,0.4 41,0.8 43.5,4 C50,12 52,28 51,40 Z`
	rabbitBody = `M43,66 C35,76 31,89 31,101 C31,111 37,117 45,117 L63,117 C71,117 77,111 77,101 C77,89 73,76 65,66 Z`
)

// rabbit sits up, its paws before its chest.
var rabbit = figure{axis: 54, foot: 117, height: 116, parts: []part{
	shape(whiteTone, `O78,106 8,8`),
	shape(paleShadeTone, `O80,109 5,4.4`),
	shape(mainTone, rabbitBody),
	shape(paleTone, `M54,74 C64,74 69,88 68,100 C67,110 61,115 54,115 C47,115 41,110 40,100 C39,88 44,74 54,74 Z`),
	shape(mainTone, `M28,112 C28,107 36,104 43,106 C49,108 51,112 50,115 C49.6,116.4 48.6,117 47,117 L32,117 C29.5,117 28,115 28,112 Z`).both(),
	shape(shadeTone, `M28,113 C33,115.5 44,115.5 50,114 C50,116 49,117 47,117 L32,117 C29.5,117 28,115.5 28,113 Z`).both(),

	shape(mainTone, rabbitEar).both(),
	shape(blushTone, `M42,36 C36,24 35.4,12 38,7.6 C39.6,6 42,7.6 43.6,10.6 C47,18 48,28 47.4,36 Z`).both(),
	shape(shadeTone, `M38,68 L70,68 C67,77 61,79.6 54,79.6 C47,79.6 41,77 38,68 Z`).within(rabbitBody),
	shape(mainTone, rabbitHead),
	shape(lightTone, `M54,34 C58,34 61,34.6 64,35.6 C60,40 57,46 54,52 C51,46 48,40 44,35.6 C47,34.6 50,34 54,34 Z`),
	shape(paleTone, `M54,55 C57,57.4 61,57.6 63.6,60.4 C66.6,64.6 63,72.4 54,73 C45,72.4 41.4,64.6 44.4,60.4 C47,57.6 51,57.4 54,55 Z`),
	shape(blushTone, `O36.5,60.5 4.4,2.8`).both(),
	line(accentTone, 4.4, `M43,74.5 C48,79.4 60,79.4 65,74.5`),
	shape(accentTone, `M53,77.6 C47,73 42,73.4 41,75.4 C40.4,79 42,82.6 44,83.4 C48,83.4 51,80.6 53,78.6 Z`).both(),
	shape(accentShadeTone, `O54,78 2.4,2.2`),
	shape(lightTone, `M47,90 C45,86 40,86 39,90 C38.4,95 42,99.4 47,99.4 C50,98.6 50.6,94 47,90 Z`).both(),

	shape(irisTone, `O42,52 3.2,4`).both(),
	shape(darkTone, `O42,52 1.9,3.3`).both(),
	shape(whiteTone, `O43.2,50.4 1.2,1.4 O41,53.8 0.6,0.7`),
	shape(whiteTone, `O67.2,50.4 1.2,1.4 O65,53.8 0.6,0.7`),
	shape(darkTone, `M51.2,59.4 C52,58.4 56,58.4 56.8,59.4 C56.8,61 55,62.6 54,62.6 C53,62.6 51.2,61 51.2,59.4 Z`),
	line(darkTone, 1, `M54,62.6 C54,66 50.8,67 48.8,65.2`).both(),
}}
