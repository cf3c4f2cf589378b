package sandbox

import (
	"slices"
	"strings"
)

// substyles are the substyles of each style by generation. A style that is not among
// them is one of the vendor's newer names.
var substyles = map[string]map[string]string{
	"recraftv3": {
		"any":             "",
		"realistic_image": "b_and_w enterprise evening_light faded_nostalgia forest_life hard_flash hdr motion_blur mystic_naturalism natural_light natural_tones organic_calm real_life_glow retro_realism retro_snapshot studio_portrait urban_drama village_realism warm_folk",
		"digital_illustration": "2d_art_poster 2d_art_poster_2 antiquarian bold_fantasy child_book cover crosshatch digital_engraving engraving_color expressionism freehand_details grain grain_20 graphic_intensity hand_drawn hand_drawn_outline handmade_3d hard_comics infantile_sketch long_shadow modern_folk multicolor neon_calm noir " +
			"nostalgic_pastel outline_details pastel_gradient pastel_sketch pixel_art plastic pop_art pop_renaissance seamless street_art tablet_sketch urban_glow urban_sketching young_adult_book young_adult_book_2",
		"vector_illustration": "bold_stroke chemistry colored_stencil cosmics cutout depressive editorial emotional_flat engraving line_art line_circuit linocut marker_outline mosaic naivector roundish_flat segmented_colors sharp_contrast thin vector_photo vivid_shapes seamless",
		"logo_raster":         "emblem_graffiti emblem_pop_art emblem_punk emblem_stamp emblem_vintage",
	},
	"recraftv2": {
		"any":                  "",
		"realistic_image":      "b_and_w enterprise hard_flash hdr motion_blur natural_light studio_portrait",
		"digital_illustration": "2d_art_poster 2d_art_poster_2 3d 80s engraving_color glow grain hand_drawn hand_drawn_outline handmade_3d infantile_sketch kawaii pixel_art plastic psychedelic seamless voxel watercolor",
		"vector_illustration":  "cartoon doodle_line_art engraving flat_2 kawaii line_art line_circuit linocut seamless",
		"icon":                 "broken_line colored_outline colored_shapes colored_shapes_gradient doodle_fill doodle_offset_fill offset_fill outline outline_gradient pictogram",
	},
}

// checkStyle is the message of a style or substyle that the model lacks; empty if none.
func checkStyle(model, style, substyle string) string {
	generation, suffix, _ := strings.Cut(model, "_")
	has, known := substyles[generation][style]
	raster := []string{"realistic_image", "digital_illustration", "logo_raster", "Photorealism"}
	vector := []string{"vector_illustration", "icon", "Vector art"}
	switch {
	case style == "" && substyle == "":
		return ""
	case style == "":
		return "substyle needs a style"
	case !known && slices.Contains([]string{"icon", "logo_raster"}, style):
		return "style is not available for the model"
	case suffix == "vector" && slices.Contains(raster, style), suffix != "vector" && slices.Contains(vector, style):
		return "style and model make different kinds of images"
	case known && substyle != "" && !slices.Contains(strings.Fields(has), substyle):
		return "substyle is not available for the style"
	}
	return ""
}
