package picture

// house is a cottage with smoke over its chimney.
var house = figure{axis: 60, foot: 110, height: 108, parts: []part{
	shape(whiteTone, `O86,12 4,4 O92,5 5.4,5.4 O100,-3 7,7`),
	shape(shadeTone, `M80,18 L92,18 L92,50 L80,50 Z`),
	shape(accentShadeTone, `M78,16 L94,16 L94,22 L78,22 Z`),
	shape(paleTone, `M20,58 L100,58 L100,110 L20,110 Z`),
	shape(paleShadeTone, `M20,58 L100,58 L100,66 L20,66 Z M88,58 L100,58 L100,110 L88,110 Z`),
	shape(paleTone, `M60,22 L92,62 L28,62 Z`),
	shape(mainTone, `M60,14 L110,60 C112,62 111,65 108,65 L98,65 L60,31 L22,65 L12,65 C9,65 8,62 10,60 Z`),
	shape(lightTone, `M60,14 L64,17.7 L16,62 C15,63 13,65 12,65 C9,65 8,62 10,60 Z`),
	shape(paleShadeTone, `M60,31 L98,65 L92,65 L60,37 L28,65 L22,65 Z`),
	shape(accentTone, `M52,110 L52,86 C52,77 68,77 68,86 L68,110 Z`),
	shape(accentShadeTone, `M60,79.2 C64,79.2 68,81.6 68,86 L68,110 L60,110 Z`),
	shape(lightTone, `O64.6,97 1.4,1.4`),
	shape(whiteTone, `M25,74 L45,74 L45,94 L25,94 Z`).both(),
	shape(glowTone, `M27,76 L43,76 L43,92 L27,92 Z`).both(),
	shape(blushTone, `M27,86 L43,84 L43,92 L27,92 Z`).both(),
	line(whiteTone, 1.4, `M35,75 L35,93 M26,84 L44,84`).both(),
	shape(shadeTone, `M23,94 L47,94 L47,98 L23,98 Z`).both(),
	shape(whiteTone, `O60,50 7,7`),
	shape(glowTone, `O60,50 5.4,5.4`),
	line(whiteTone, 1.2, `M60,44 L60,56 M54,50 L66,50`),
}}
