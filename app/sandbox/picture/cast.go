package picture

// actor is a subject that a prompt can name.
type actor struct {
	fig    *figure // nil: paint draws it
	paint  func(s *scene, x, y, tall float64, d *dyes)
	bodies []uint32 // colours to choose from if the prompt has none for it
	accent []uint32 // second colours to choose from
	size   float64  // height relative to a sitting fox
	home   place    // place if the prompt has none
	stand  stand
}

// stand is what an actor stands on.
type stand uint8

const (
	onGround stand = iota
	onWater
	onBranch
	inAir
)

var (
	scarves = []uint32{0xd1495b, 0x2a7f9e, 0xedae49, 0x3f9c83}
	sails   = []uint32{0xedae49, 0xd1495b, 0x2a9d8f}

	theFox    = &actor{fig: &fox, bodies: []uint32{0xe8622c}, accent: scarves, size: 1}
	theCat    = &actor{fig: &cat, bodies: []uint32{0xf2a65a, 0x8d93a6, 0xe3c9a8, 0x4a4654}, accent: scarves, size: 0.95}
	theDog    = &actor{fig: &dog, bodies: []uint32{0xb9814f, 0xd9a05f, 0x8a8f9e}, accent: scarves, size: 0.9, home: meadow}
	theRabbit = &actor{fig: &rabbit, bodies: []uint32{0xf3ece4, 0xc9b8a8, 0xb58f70}, accent: scarves, size: 0.95, home: meadow}
	theBird   = &actor{fig: &bird, bodies: []uint32{0x4aa3c7, 0xe0694a, 0xe8b23a}, accent: []uint32{0xf2a33a}, size: 0.8, home: forest, stand: onBranch}
	theFish   = &actor{fig: &fish, bodies: []uint32{0xff8a3d, 0xf2c14e, 0xe85d75}, accent: scarves, size: 0.75, home: depths, stand: inAir}
	theRobot  = &actor{fig: &robot, bodies: []uint32{0x7fb7be, 0xe9a23b, 0xa7b4c4}, accent: []uint32{0xe2574c, 0xf4b942}, size: 1.05, home: city}

	theHouse = &actor{fig: &house, bodies: []uint32{0xc8553d, 0x3f6f8f, 0x7a5c86}, accent: []uint32{0x2f7f79, 0xd99a3c}, size: 0.95, home: meadow}
	theTree  = &actor{fig: &tree, bodies: []uint32{0x5fa55a, 0xe0913a, 0xe88fa6}, accent: []uint32{0xe2574c, 0xf2c14e}, size: 1.2, home: meadow}

	theFlowers = &actor{paint: (*scene).bouquet, bodies: []uint32{0xe85d75, 0xf2c14e, 0xf6f1ea, 0x9a7bd0}, accent: []uint32{0xf2b134}, size: 1.05, home: meadow}

	theSailboat  = &actor{fig: &sailboat, bodies: []uint32{0xc8463f, 0x2f6f9f, 0x2a7f6f}, accent: sails, size: 0.95, home: sea, stand: onWater}
	thePaperBoat = &actor{fig: &paperBoat, bodies: []uint32{0xe25b5b, 0xf4efe6, 0xf2b84b}, accent: sails, size: 0.62, home: sea, stand: onWater}
	theBalloon   = &actor{fig: &balloon, bodies: []uint32{0xe25b5b, 0x3f8fb0, 0xe98a3c}, accent: []uint32{0xf2b84b, 0x4fae94}, size: 0.88, home: mountain, stand: inAir}
	theRocket    = &actor{fig: &rocket, bodies: []uint32{0xe2574c, 0x3f7fc4}, accent: []uint32{0xf4b942}, size: 1.1, home: space, stand: inAir}
)

// dyes chooses the inks of an actor in this picture.
func (s *scene) dyes(r role) dyes {
	body := rgb(pick(s, r.bodies))
	accent := rgb(pick(s, r.accent))
	if r.tint != nil {
		body = *r.tint
	}
	return dye(body, accent)
}
