package picture

const (
	foxTail = `M70,113 C82,120 104,114 111,95 C117,78 109,64 100,52 C99,64 95,73 87,81 C78,90 71,99 70,113 Z`
	foxEar  = `M28,38 C23,26 21,12 24,3.5 C24.6,1.8 26,1.6 27.5,2.6 C36,8 45,16 50,26 Z`
	foxHead = `M54,20 C65,20 75,24 80,33 C83,39 88,44 95,48 C91,51 88.5,52 86,52.3 C88,54.5 89,56.5 89.5,58.5
		C85.5,59.4 82,59.6 79,59 C73,66 63,73 54,74 C45,73 35,66 29,59 C26,59.6 22.5,59.4 18.5,58.5
		C19,56.5 20,54.5 22,52.3 C19.5,52 17,51 13,48 C20,44 25,39 28,33 C33,24 43,20 54,20 Z`
	foxBody = `M40,62 C34,74 31,88 31,101 C31,111 36,117 44,117 L64,117 C72,117 77,111 77,101 C77,88 74,74 68,62 Z`
	foxLeg  = `M45,84 C45,95 44,104 43,112 C43,115 45,117 48,117 L52,117 C53.2,117 54,116 54,115 L54,84 Z`
)

// fox is a sitting fox, seen from the front.
var fox = figure{axis: 54, foot: 117, height: 115, parts: []part{
	shape(mainTone, foxTail),
	shape(shadeTone, `M70,113 C82,120 104,114 111,95 C106,104 92,108 82,106 C77,105 74,108 70,113 Z`),
	shape(paleTone, `M100,40 C114,56 124,70 116,88 L108,78 L104,84 L100,77 L95,81 L92,74 L84,75 C94,64 97,52 100,40 Z`).within(foxTail),

	shape(mainTone, foxBody),
	shape(shadeTone, `M31,101 C31,94 36,87 41,87 C46,90 48,104 47,117 L44,117 C36,117 31,111 31,101 Z`).both(),
	shape(mainTone, foxLeg).both(),
	shape(darkTone, `M40,104 L44,104 C46,102 48,106 50,103 C51.5,105 53,103 54,104 L54,118 L40,118 Z`).within(foxLeg).both(),
	line(shadeTone, 1, `M54,93 L54,104`),
	shape(paleTone, `M40,60 C38.5,72 40,80 43,86 L46,82.5 L48,90 L51,85.5 L54,94 L57,85.5 L60,90 L62,82.5 L65,86 C68,80 69.5,72 68,60 Z`),
	shape(paleShadeTone, `M36,58 L72,58 C71,72 63,80 54,80 C45,80 37,72 36,58 Z`).within(foxBody),

	shape(mainTone, foxEar).both(),
	shape(darkTone, `M18,-2 L36,-2 L34,11 C30,8.5 26,10 21,14 Z`).within(foxEar).both(),
	shape(shadeTone, `M31,32 C28,25 26.5,20 27,15 C33,18 38,22 41,27 Z`).both(),

	shape(mainTone, foxHead),
	shape(lightTone, `M54,20 C58,20 61,20.6 64,21.4 C60,26 57,34 54,43 C51,34 48,26 44,21.4 C47,20.6 50,20 54,20 Z`),
	shape(paleTone, `M13,48 C22,48 30,46 37,50.5 C44,55 49,60 51,66 L54,75 C45,73 35,66 29,59 C26,60 22,60 18,59 C19,56.5 20,54.5 22,52.3 C19.5,52 17,51 13,48 Z`).within(foxHead).both(),
	shape(paleTone, `M48,64 L60,64 L58,75 L50,75 Z`).within(foxHead),
	shape(blushTone, `O32.5,57 4.6,2.8`).both(),

	shape(irisTone, `O40.5,45.5 3.4,4.1`).both(),
	shape(darkTone, `O40.5,45.5 2,3.4`).both(),
	shape(whiteTone, `O41.8,43.8 1.3,1.4 O39.6,47.2 0.6,0.7`),
	shape(whiteTone, `O68.8,43.8 1.3,1.4 O66.6,47.2 0.6,0.7`),
	shape(darkTone, `M49.6,60.5 C51,58.6 57,58.6 58.4,60.5 C59,62 56.5,65 54,65 C51.5,65 49,62 49.6,60.5 Z`),
	shape(whiteTone, `O52.6,60.8 1.1,0.6`),
	line(darkTone, 1, `M54,65 C54,68.5 50.5,69.8 48.4,67.6`).both(),
}}
