package picture

const robotChest = `M36,68 C36,64 39,62 43,62 L77,62 C81,62 84,64 84,68 L82,98 C82,102 79,104 75,104 L45,104 C41,104 38,102 38,98 Z`

// robot is a robot that waves a hand.
var robot = figure{axis: 60, foot: 120, height: 120, parts: []part{
	line(shadeTone, 7, `M38,72 C28,76 25,84 26,92`),
	line(mainTone, 8, `M24.5,94 L27.5,94`),
	line(shadeTone, 7, `M82,72 C92,70 98,62 98,52`),
	line(mainTone, 8, `M96.5,50 L99.5,50`),
	line(mainTone, 3, `M96,46 L94,42 M100,46 L102,42`),
	line(shadeTone, 8, `M50,102 L50,112 M70,102 L70,112`),
	shape(darkTone, `M40,120 C40,113 44,110 50,110 C56,110 58.6,113 58.6,120 Z`).both(),
	shape(mainTone, robotChest),
	shape(shadeTone, `M30,92 L90,92 L90,110 L30,110 Z`).within(robotChest),
	shape(paleTone, `M47,70 L73,70 C74.6,70 76,71.4 76,73 L76,85 C76,86.6 74.6,88 73,88 L47,88 C45.4,88 44,86.6 44,85 L44,73 C44,71.4 45.4,70 47,70 Z`),
	shape(roseTone, `M60,86 C53,81 50,78.4 50,75.6 C50,72.4 54.6,71.6 60,76 C65.4,71.6 70,72.4 70,75.6 C70,78.4 67,81 60,86 Z`),
	shape(lightTone, `O48,98 2.2,2.2 O56,98 2.2,2.2`),
	shape(accentTone, `O72,98 2.2,2.2`),

	line(shadeTone, 3, `M60,20 L60,8`),
	shape(accentTone, `O60,6 5,5`),
	shape(whiteTone, `O58.4,4.4 1.5,1.5`),
	shape(shadeTone, `M22,34 C22,31 25,30 28,30 L28,52 C25,52 22,51 22,48 Z`).both(),
	line(shadeTone, 12, `M60,56 L60,62`),
	shape(mainTone, `M26,30 C26,22 31,18 38,18 L82,18 C89,18 94,22 94,30 L94,48 C94,55 89,59 82,59 L38,59 C31,59 26,55 26,48 Z`),
	shape(lightTone, `M38,18 L82,18 C86,18 89.6,19.6 91.6,22 L28.4,22 C30.4,19.6 34,18 38,18 Z`),
	shape(darkTone, `M33,32 C33,28 36,26 40,26 L80,26 C84,26 87,28 87,32 L87,45 C87,49.6 84,52 80,52 L40,52 C36,52 33,49.6 33,45 Z`),
	shape(lightTone, `O48,36.6 4,5`).both(),
	shape(whiteTone, `O49.4,34.6 1.4,1.8 O73.4,34.6 1.4,1.8`),
	shape(blushTone, `O41,44.6 3.6,2.2`).both(),
	line(lightTone, 1.8, `M54,43.6 C57,48 63,48 66,43.6`),
}}
