package picture

// palette is the inks of a scene. far and near are those of the land at the horizon
// and at the lower edge; the land between is mixed from them.
type palette struct {
	skyTop, skyBottom ink
	light             ink // sun or moon
	cloud             ink
	far, near         ink
	waterFar, water   ink
	treeFar, tree     ink // as the land, but never under snow
}

func mixPalette(v [8]uint32) palette {
	return palette{
		skyTop: rgb(v[0]), skyBottom: rgb(v[1]), light: rgb(v[2]), cloud: rgb(v[3]),
		far: rgb(v[4]), near: rgb(v[5]), waterFar: rgb(v[6]), water: rgb(v[7]),
	}
}

// sky top, sky bottom, light, cloud, land far, land near, water far, water near
var palettes = map[hour][][8]uint32{
	day: {
		{0x7cc8ee, 0xe6f6f3, 0xfff0b0, 0xffffff, 0xa9d5bd, 0x3f9068, 0x8fd3dc, 0x1f7f9c},
		{0x9ad4f5, 0xfdf3df, 0xfff3c4, 0xffffff, 0xc0dca2, 0x5c9f4c, 0x9bd9de, 0x2c8aa6},
		{0x86cfd6, 0xf4f4dc, 0xffe59a, 0xfffdf5, 0xb4d6c3, 0x2f8a78, 0x84ccc9, 0x1d7586},
		{0x6fb7e9, 0xdff0ff, 0xfff5d0, 0xffffff, 0xb3ddc4, 0x3f9484, 0x86c6e6, 0x1f6fae},
		{0xa7d7e8, 0xfff1dc, 0xffe9a0, 0xffffff, 0xe6d59a, 0xb98f43, 0xa8dadb, 0x34889c},
	},
	dusk: {
		{0xf08a6c, 0xffe0ac, 0xfff0c8, 0xffd9c2, 0xd58f86, 0x6a4565, 0xf3b48a, 0x8a4f72},
		{0x6c63a8, 0xffb79a, 0xffe8b8, 0xf7b9b0, 0xa9729f, 0x433463, 0xe89a95, 0x4d4383},
		{0xf7b79b, 0xfff0d6, 0xfff6dc, 0xfff3e8, 0x9fc0aa, 0x2f6f68, 0xf2cfae, 0x3f8f92},
		{0xe56b6f, 0xffcf9f, 0xfff1c9, 0xffc1a8, 0xb57a86, 0x355070, 0xee9e84, 0x40597c},
		{0x8e7cc3, 0xffd6d6, 0xfff4dd, 0xffe6ea, 0xb0a4d4, 0x4f5b93, 0xd9b4d8, 0x5a6fb0},
	},
	night: {
		{0x0d1640, 0x41539b, 0xfdf3d0, 0x5d6db0, 0x3c4b8c, 0x141c46, 0x3d559c, 0x111c4c},
		{0x17163f, 0x6a5a9e, 0xfff0cf, 0x7a6bb0, 0x544a8c, 0x211d4c, 0x5d5aa0, 0x1c1c50},
		{0x0c2142, 0x2f7186, 0xf4f7dc, 0x4f8a9c, 0x2c6074, 0x0e2b44, 0x2f6f86, 0x0d2d4c},
	},
}

// choosePalette chooses a palette of the hour and adapts it to the weather, the
// place and the colours of the prompt.
func choosePalette(s *scene) palette {
	p := mixPalette(pick(s, palettes[s.hour]))
	trees := p
	switch s.weather {
	case snow:
		cover := map[hour]ink{day: rgb(0xf4f8ff), dusk: rgb(0xf3dfe6), night: rgb(0x8f9fd0)}[s.hour]
		p.far, p.near = p.far.to(cover, 0.78), p.near.to(cover, 0.9)
		p.skyTop = p.skyTop.to(rgb(0xaebfd6), 0.3)
	case rain:
		grey := rgb(0x7f93a8)
		if s.hour == night {
			grey = rgb(0x3a4668)
		}
		p.skyTop, p.skyBottom = p.skyTop.to(grey, 0.75), p.skyBottom.to(grey.lighter(0.3), 0.7)
		p.cloud = p.skyTop.darker(0.12)
		p.far, p.near = p.far.to(grey, 0.4), p.near.to(grey, 0.25)
		p.waterFar, p.water = p.waterFar.to(grey, 0.4), p.water.to(grey, 0.3)
	}
	if s.place == city && s.hour == day {
		p.far, p.near = p.far.to(rgb(0xd0dcef), 0.85), p.near.to(rgb(0x6a83ab), 0.85)
	}
	if s.place == desert {
		sand := map[hour][2]uint32{day: {0xf6dfae, 0xdfa45c}, dusk: {0xe9a983, 0x9c5566}, night: {0x5b5690, 0x2a2656}}[s.hour]
		p.far, p.near = rgb(sand[0]), rgb(sand[1])
	}
	if s.shine != nil {
		p.light = s.shine.lighter(0.35)
		p.skyBottom = p.skyBottom.to(*s.shine, 0.3)
	}
	if s.soil != nil {
		g := *s.soil
		if s.hour == night {
			g = g.darker(0.5)
		}
		p.far, p.near = p.far.to(g, 0.6), p.near.to(g.darker(0.2), 0.7)
		p.waterFar, p.water = p.waterFar.to(g, 0.6), p.water.to(g.darker(0.2), 0.7)
	}
	p.treeFar, p.tree = p.far, p.near
	if s.weather == snow {
		p.treeFar, p.tree = trees.far.to(p.far, 0.45), trees.near.to(p.far, 0.12)
	}
	return p
}
