package picture

// tree is broad, with apples.
var tree = figure{axis: 60, foot: 118, height: 116, parts: []part{
	shape(darkTone, `M54,80 C54,96 52,108 46,118 L74,118 C68,108 66,96 66,80 Z`),
	line(darkTone, 4, `M60,92 C68,86 72,80 76,72 M60,88 C52,84 48,78 46,70`),
	shape(shadeTone, `O60,52 36,34 O34,60 24,22 O86,60 24,22 O60,30 28,26`),
	shape(mainTone, `O58,46 34,32 O34,54 22,20 O82,52 22,20 O58,26 26,23`),
	shape(lightTone, `O50,22 14,10 O34,44 12,9 O74,40 14,10`),
	shape(accentTone, `O40,62 4,4 O62,44 4,4 O84,58 4,4 O56,70 4,4 O72,24 4,4 O24,54 4,4`),
	shape(whiteTone, `O38.8,60.8 1.2,1.2 O60.8,42.8 1.2,1.2 O82.8,56.8 1.2,1.2 O54.8,68.8 1.2,1.2 O70.8,22.8 1.2,1.2 O22.8,52.8 1.2,1.2`),
}}
