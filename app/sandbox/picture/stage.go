package picture

// drawActors places and draws the actors. If one of two is a boat, the other is its
// passenger.
func (s *scene) drawActors() {
	if len(s.roles) == 0 {
		s.drawExtra()
		return
	}
	lead := s.roles[0]
	tall := min(0.56*s.high, 0.74*s.wide)
	x := s.wide * s.between(0.47, 0.53)
	if s.wide > 1.3*s.high {
		x = s.wide * pick(s, []float64{0.38, 0.5, 0.62})
	}
	if len(s.roles) == 1 {
		s.drawActor(lead, x, tall*lead.size)
		return
	}
	mate := s.roles[1]
	switch {
	case lead.stand == onWater && mate.stand != inAir:
		s.drawAboard(lead, mate, x, tall)
	case mate.stand == onWater && lead.stand != inAir:
		s.drawAboard(mate, lead, x, tall)
	default:
		tall = min(tall*0.92, s.wide*0.5)
		side := pick(s, []float64{-1, 1})
		x = s.wide/2 + side*tall*0.4
		s.drawActor(mate, x-side*tall*0.84, tall*mate.size*0.74)
		s.drawActor(lead, x, tall*lead.size)
	}
}

// drawActorsAlone draws only the actors, as large as the picture allows.
func (s *scene) drawActorsAlone() {
	s.bare = true
	if len(s.roles) > 1 {
		s.ground = s.high * 0.86
		s.drawActors()
		return
	}
	tall := 0.8 * min(s.high, s.wide)
	r := s.roles[0]
	if r.fig == nil {
		s.drawFigure(r, s.wide/2, (s.high+tall)/2, tall)
		return
	}
	lo, hi := r.fig.box()
	k := min(0.9*s.wide/(hi.x-lo.x), 0.82*s.high/(hi.y-lo.y))
	d := s.dyes(r)
	x, y := s.wide/2-k*((lo.x+hi.x)/2-r.fig.axis), s.high/2-k*((lo.y+hi.y)/2-r.fig.foot)
	s.draw(r.fig, x, y, k*r.fig.height, false, &d)
}

// drawActor draws one actor and what it stands on.
func (s *scene) drawActor(r role, x, tall float64) {
	y := s.ground + s.u*0.04
	switch {
	case s.bare:
	case r.stand == onBranch && s.place != depths:
		y = s.ground - s.u*0.06
		s.branch(x, y)
	case r.stand == inAir:
		y = s.high*0.5 + tall*0.5
	case r.stand == onWater:
		y = s.waterline()
	case s.place == sea:
		y = s.waterline() - s.u*0.04
		s.islet(x, y, tall)
	default:
		s.shadow(x, y, tall*0.42)
	}
	s.drawFigure(r, x, y, tall)
}

func (s *scene) drawFigure(r role, x, y, tall float64) {
	d := s.dyes(r)
	if r.paint != nil {
		r.paint(s, x, y, tall, &d)
		return
	}
	s.draw(r.fig, x, y, tall, s.IntN(2) == 0, &d)
	if r.stand == onWater && s.place == mountain && !s.bare {
		s.wake(x, y, tall)
	}
}

// drawAboard draws a boat with a passenger, whose legs are hidden by the hull.
func (s *scene) drawAboard(boat, passenger role, x, tall float64) {
	y := s.waterline()
	boatTall := tall * boat.size * 1.15
	d, flip := s.dyes(boat), s.IntN(2) == 0
	s.draw(boat.fig, x, y, boatTall, flip, &d)
	s.drawFigure(passenger, x, y-boatTall*boat.fig.deck, boatTall*boat.fig.seat*passenger.size)
	hull := *boat.fig
	hull.parts = hull.parts[hull.hull:]
	s.draw(&hull, x, y, boatTall, flip, &d)
	if s.place == mountain && !s.bare {
		s.wake(x, y, boatTall)
	}
}

// drawExtra draws a small actor in a landscape whose prompt names none.
func (s *scene) drawExtra() {
	role := role{}
	x, tall := s.wide*pick(s, []float64{s.between(0.25, 0.4), s.between(0.6, 0.75)}), s.u*0.24
	switch s.place {
	case meadow, desert:
		role.actor = pick(s, []*actor{theHouse, theTree, theBalloon})
	case mountain:
		role.actor = pick(s, []*actor{thePaperBoat, theSailboat, theBalloon})
	case sea:
		role.actor = pick(s, []*actor{theSailboat, thePaperBoat, theSailboat, theBalloon})
	case depths:
		role.actor = theFish
	case space:
		role.actor = theRocket
	default:
		return
	}
	y := s.ground
	switch role.stand {
	case inAir:
		y = s.high*s.between(0.36, 0.46) + tall/2
	case onWater:
		y = s.waterline() - s.u*0.02
	}
	s.drawFigure(role, x, y, tall*role.size)
}
