package recraft

import (
	"slices"
	"strings"

	"aigc/app/provider"
)

// anyStyle leaves the style to the model.
const anyStyle = "any"

// families are the styles that have substyles, in the order in which a substyle without
// a style is looked up.
var families = []string{realistic, "digital_illustration", "logo_raster", "vector_illustration", "icon"}

// makesVector says of a style whether it is one of vector images: a model that makes SVG
// refuses the others, and a raster model refuses these. Of the vendor's newer names only
// two are documented.
var makesVector = map[string]bool{
	realistic: false, "digital_illustration": false, "logo_raster": false, "Photorealism": false,
	"vector_illustration": true, "icon": true, "Vector art": true,
}

// substyles are the substyles of each style, by generation. A style or substyle that
// the model lacks makes the request fail.
var substyles = map[generation]map[string][]string{
	v3: {
		anyStyle: {},
		realistic: strings.Fields(`b_and_w enterprise evening_light faded_nostalgia forest_life hard_flash hdr motion_blur mystic_naturalism
			natural_light natural_tones organic_calm real_life_glow retro_realism retro_snapshot studio_portrait urban_drama village_realism warm_folk`),
		"digital_illustration": strings.Fields(`2d_art_poster 2d_art_poster_2 antiquarian bold_fantasy child_book cover crosshatch digital_engraving
			engraving_color expressionism freehand_details grain grain_20 graphic_intensity hand_drawn hand_drawn_outline handmade_3d hard_comics
			infantile_sketch long_shadow modern_folk multicolor neon_calm noir nostalgic_pastel outline_details pastel_gradient pastel_sketch
			pixel_art plastic pop_art pop_renaissance seamless street_art tablet_sketch urban_glow urban_sketching young_adult_book young_adult_book_2`),
		"logo_raster": strings.Fields(`emblem_graffiti emblem_pop_art emblem_punk emblem_stamp emblem_vintage`),
		"vector_illustration": strings.Fields(`bold_stroke chemistry colored_stencil cosmics cutout depressive editorial emotional_flat engraving
			line_art line_circuit linocut marker_outline mosaic naivector roundish_flat segmented_colors sharp_contrast thin vector_photo vivid_shapes seamless`),
	},
	v2: {
		anyStyle:  {},
		realistic: strings.Fields(`b_and_w enterprise hard_flash hdr motion_blur natural_light studio_portrait`),
		"digital_illustration": strings.Fields(`2d_art_poster 2d_art_poster_2 3d 80s engraving_color glow grain hand_drawn hand_drawn_outline
			handmade_3d infantile_sketch kawaii pixel_art plastic psychedelic seamless voxel watercolor`),
		"vector_illustration": strings.Fields(`cartoon doodle_line_art engraving flat_2 kawaii line_art line_circuit linocut seamless`),
		"icon": strings.Fields(`broken_line colored_outline colored_shapes colored_shapes_gradient doodle_fill doodle_offset_fill offset_fill
			outline outline_gradient pictogram`),
	},
}

// setStyle sets the custom or the named style, and with it the model where another one
// is needed for the style.
func (in Input) setStyle(r *request, n *provider.Notes) {
	can := capabilitiesOf(r.Model)
	if n.Takes("style_id", in.StyleID != "", !can.Flash) {
		r.StyleID = in.StyleID
	}
	if can.copiesStyles() {
		r.references = in.StyleReferences
	}
	custom := r.StyleID != "" || len(r.references) > 0
	if custom && can.Generation == v4 && !can.Styles && isOwnID(r.Model) {
		r.replaceModel(can.stylesModel(), n, "a custom style")
	}
	switch {
	case in.StyleMatch == "":
	case custom:
		r.StyleMatch = in.StyleMatch
	default:
		n.Ignored("style_match", "it needs style_id or style_references")
	}
	switch {
	case can.Generation == v4:
		n.Takes("style", in.Style != "", false)
		n.Takes("substyle", in.Substyle != "", false)
	case !custom:
		in.setNamedStyle(r, can, n)
	default:
		if in.Style != "" {
			n.Ignored("style", "style_id already sets it")
		}
		if in.Substyle != "" {
			n.Ignored("substyle", "style_id already sets the style")
		}
	}
}

// setNamedStyle sets style and substyle of V2 or V3. A style that is not one of the
// families is one of the vendor's newer names, and the vendor decides.
func (in Input) setNamedStyle(r *request, can capabilities, n *provider.Notes) {
	style := in.style()
	if in.Style != "" {
		n.Rounded("style", in.Style, style)
	} else if in.Substyle != "" {
		style = can.styleOf(in.Substyle)
	}
	list, supported := substyles[can.Generation][style]
	family := style == anyStyle || slices.Contains(families, style)
	vector, known := makesVector[style]
	switch {
	case style == "":
	case family && !supported:
		n.Takes("style "+style, true, false)
	case known && !vector && can.Vector:
		n.Ignored("style "+style, "%s makes vector images", n.Model)
	default:
		r.Style = style
	}
	if vector && r.Style != "" && !can.Vector && isOwnID(r.Model) {
		r.replaceModel(strings.TrimSuffix(r.Model, "_raster")+vectorSuffix, n, "style "+style)
	}
	switch {
	case in.Substyle == "":
	case style == "":
		n.Ignored("substyle "+in.Substyle, "no style of %s has it", n.Model)
	case r.Style == "":
		n.Ignored("substyle "+in.Substyle, "its style is ignored")
	case family && !slices.Contains(list, in.Substyle):
		n.Ignored("substyle "+in.Substyle, "style %s of %s does not have it", style, n.Model)
	default:
		r.Substyle = in.Substyle
	}
}

// styleOf is the first style of the model that has a substyle; empty if none has.
func (can capabilities) styleOf(substyle string) string {
	for _, style := range families {
		if (!can.Vector || makesVector[style]) && slices.Contains(substyles[can.Generation][style], substyle) {
			return style
		}
	}
	return ""
}

// replaceModel sends another model than the selected one.
func (r *request) replaceModel(model string, n *provider.Notes, reason string) {
	n.Replaced("model "+r.Model, model, "%s needs it", reason)
	r.Model, n.Model = model, model
}
