package picture

import "testing"

func TestRead(t *testing.T) {
	cases := []struct {
		name, prompt string
		actors       []*actor
		tint         uint32 // of the first actor
		place        place
		hour         hour
		weather      weather
	}{
		{"readme", "a red fox", []*actor{theFox}, 0xdd4b2c, anywhere, anytime, fair},
		{"plural", "Two Foxes, cats and wishes", []*actor{theFox, theCat}, 0, anywhere, anytime, fair},
		{"pair of words", "a paper boat on the ocean", []*actor{thePaperBoat}, 0, sea, anytime, fair},
		{"boat alone", "paper, then a boat", []*actor{theSailboat}, 0, anywhere, anytime, fair},
		{"whole words only", "a foxglove caterpillar starship", nil, 0, anywhere, anytime, fair},
		{"colour of another noun", "a cat under a golden moon", []*actor{theCat}, 0, anywhere, night, fair},
		{"colour at the end", "the cat is black", []*actor{theCat}, 0x45414f, anywhere, anytime, fair},
		{"colour past the weather", "a blue snowy house", []*actor{theHouse}, 0x3f7fc4, anywhere, anytime, snow},
		{"chinese", "一只红色的狐狸坐在雪山上，夜晚", []*actor{theFox}, 0xdd4b2c, mountain, night, snow},
		{"longest match", "海底的鱼", []*actor{theFish}, 0, depths, anytime, fair},
		{"two of a kind", "cat cat kitten dog bird", []*actor{theCat, theDog}, 0, anywhere, anytime, fair},
		{"emoji", "🦊!", []*actor{theFox}, 0, anywhere, anytime, fair},
		{"nothing", "", nil, 0, anywhere, anytime, fair},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := parsePrompt(c.prompt)
			if len(b.roles) != len(c.actors) {
				t.Fatalf("%d actors, want %d", len(b.roles), len(c.actors))
			}
			for i, a := range c.actors {
				if b.roles[i].actor != a {
					t.Errorf("actor %d is another", i)
				}
			}
			if c.tint == 0 && len(b.roles) > 0 && b.roles[0].tint != nil {
				t.Errorf("tinted %v", *b.roles[0].tint)
			}
			if c.tint != 0 && (b.roles[0].tint == nil || *b.roles[0].tint != rgb(c.tint)) {
				t.Errorf("tint %v", b.roles[0].tint)
			}
			if b.place != c.place || b.hour != c.hour || b.weather != c.weather {
				t.Errorf("place %d, hour %d, weather %d", b.place, b.hour, b.weather)
			}
		})
	}
}
