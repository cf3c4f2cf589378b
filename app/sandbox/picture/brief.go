package picture

import (
	"slices"
	"strings"
	"unicode"
)

// role is an actor of a prompt with its colour.
type role struct {
	*actor
	tint *ink // nil: the prompt has no colour for it
}

// brief is a parsed prompt: the known words in it.
type brief struct {
	roles   []role // the first is the main actor
	place   place
	hour    hour
	weather weather
	shine   *ink // colour of the sun or the moon
	soil    *ink // colour of the place
}

// maxRoles is the most actors in a picture.
const maxRoles = 2

// parsePrompt finds the known words of a prompt. A colour applies to the next noun,
// or to the first actor if no noun follows.
func parsePrompt(prompt string) brief {
	var b brief
	var colour *ink
	for _, w := range meanings(prompt) {
		switch {
		case w.colour != 0:
			c := rgb(w.colour)
			colour = &c
			continue
		case w.actor != nil:
			b.addRole(role{w.actor, colour})
		case w.light:
			b.shine = colour
		case w.place != anywhere:
			b.soil = colour
		default: // hour and weather have no colour: keep it for the next noun
			b.setScene(w)
			continue
		}
		b.setScene(w)
		colour = nil
	}
	if colour != nil {
		if len(b.roles) > 0 && b.roles[0].tint == nil {
			b.roles[0].tint = colour
		} else if len(b.roles) == 0 {
			b.soil = colour
		}
	}
	return b
}

func (b *brief) addRole(r role) {
	for _, have := range b.roles {
		if have.actor == r.actor {
			return
		}
	}
	if len(b.roles) < maxRoles {
		b.roles = append(b.roles, r)
	}
}

// afloat reports whether an actor needs water.
func (b *brief) afloat() bool {
	return slices.ContainsFunc(b.roles, func(r role) bool { return r.stand == onWater })
}

// setScene sets place, hour and weather from a word, unless an earlier word has.
func (b *brief) setScene(w word) {
	if b.place == anywhere {
		b.place = w.place
	}
	if b.hour == anytime {
		b.hour = w.hour
	}
	if b.weather == fair {
		b.weather = w.weather
	}
}

// meanings lists the known words of a prompt in their order. Latin words are looked
// up in pairs and alone. Other scripts have no spaces between words, so there it
// takes the longest match.
func meanings(prompt string) []word {
	var found []word
	text := []rune(strings.ToLower(prompt))
	for len(text) > 0 {
		n := latin(text)
		if n == 0 {
			w, length := longest(text)
			if length > 0 {
				found = append(found, w)
			}
			text = text[max(1, length):]
			continue
		}
		one := string(text[:n])
		if n < len(text) && text[n] == ' ' {
			if m := latin(text[n+1:]); m > 0 {
				if w, ok := singular(one + " " + string(text[n+1:n+1+m])); ok {
					found = append(found, w)
					text = text[n+1+m:]
					continue
				}
			}
		}
		if w, ok := singular(one); ok {
			found = append(found, w)
		}
		text = text[n:]
	}
	return found
}

// latin is the length of the word that r starts with; 0 if none.
func latin(r []rune) int {
	n := 0
	for n < len(r) && r[n] < 0x250 && unicode.IsLetter(r[n]) {
		n++
	}
	return n
}

func singular(s string) (word, bool) {
	for _, end := range []string{"", "s", "es"} {
		if w, ok := words[strings.TrimSuffix(s, end)]; ok && strings.HasSuffix(s, end) {
			return w, true
		}
	}
	return word{}, false
}

// longest finds the longest known word of up to three runes at the start of r.
func longest(r []rune) (word, int) {
	for n := min(3, len(r)); n > 0; n-- {
		if w, ok := words[string(r[:n])]; ok {
			return w, n
		}
	}
	return word{}, 0
}
