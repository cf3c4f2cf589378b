package media

import "encoding/binary"

// Names of the formats in the container of MP4 (ISO base media file format), as messages
// have them.
const (
	nameMP4  = "MP4"
	nameMOV  = "QuickTime video (MOV)"
	nameM4A  = "M4A"
	nameHEIC = "HEIC"
	nameHEIF = "HEIF"
	nameAVIF = "AVIF"
	nameCR3  = "CR3"
	nameJXL  = "JPEG XL"
	nameJP2  = "JPEG 2000"
)

// brandNames are the formats by brand, the first words of such a file. A brand that is
// not listed says nothing.
var brandNames = map[string]string{
	"qt  ": nameMOV, "crx ": nameCR3, "jxl ": nameJXL,
	"jp2 ": nameJP2, "jpx ": nameJP2, "jpm ": nameJP2, "mjp2": nameJP2,
	"avif": nameAVIF, "avis": nameAVIF, "avio": nameAVIF,
	"heic": nameHEIC, "heix": nameHEIC, "heim": nameHEIC, "heis": nameHEIC,
	"hevc": nameHEIC, "hevx": nameHEIC, "hevm": nameHEIC, "hevs": nameHEIC,
	"mif1": nameHEIF, "mif2": nameHEIF, "mif3": nameHEIF, "msf1": nameHEIF, "miaf": nameHEIF, "1pic": nameHEIF,
	"M4A ": nameM4A, "M4B ": nameM4A, "M4P ": nameM4A, "F4A ": nameM4A, "F4B ": nameM4A,
}

// mp4Brands are the brands of MP4 videos.
var mp4Brands = wordSet(`isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 isoa isob isoc mp41 mp42 mp71 avc1 avc2 avc3 hvc1 hev1 av01 vp09
	dash dsms msdh msix cmfc cmf2 cmff cmfl cmfs M4V M4VH M4VP MSNV XAVC f4v F4V F4P mmp4 MP4V mp4v
	NDSC NDSH NDSM NDSP NDSS NDXC NDXH NDXM NDXP NDXS piff 3gp1 3gp2 3gp3 3gp4 3gp5 3gp6 3gp7 3gp8 3gp9 3ge6 3ge7 3gg6 3gs6 3gs7 3gr6 3g2a 3g2b 3g2c KDDI`)

func brandName(brand string) string {
	if name := brandNames[brand]; name != "" {
		return name
	}
	for len(brand) > 0 && brand[len(brand)-1] == ' ' {
		brand = brand[:len(brand)-1]
	}
	if mp4Brands[brand] {
		return nameMP4
	}
	return ""
}

// maxBrands is the limit of compatible brands that are read.
const maxBrands = 64

// readBrands reads the brands in the first box of a file: the major one, then the
// compatible ones. ok is false if the file does not begin with such a box.
func readBrands(h []byte) (brands []string, ok bool) {
	if len(h) < 12 || string(h[4:8]) != "ftyp" {
		return nil, false
	}
	end := min(int64(binary.BigEndian.Uint32(h)), int64(len(h)))
	brands = []string{string(h[8:12])}
	for at := int64(16); at+4 <= end && len(brands) <= maxBrands; at += 4 {
		brands = append(brands, string(h[at:at+4]))
	}
	return brands, true
}

// boxedFormat names the format of a file with a list of brands; empty if the file has no
// such list, or brands that are not known. The major brand decides, unless it leaves
// open which kind of file it is: HEIF's general brands stand before HEIC and AVIF, and a
// general brand of MP4 may stand before the brand of an image.
func boxedFormat(head []byte) string {
	brands, ok := readBrands(head)
	if !ok {
		return ""
	}
	name := brandName(brands[0])
	if name != "" && name != nameHEIF && name != nameMP4 {
		return name
	}
	others := map[string]bool{}
	for _, b := range brands[1:] {
		others[brandName(b)] = true
	}
	order := []string{nameAVIF, nameHEIC, nameHEIF, nameCR3, nameJXL, nameJP2}
	if name == "" {
		order = append(order, nameMP4, nameMOV, nameM4A)
	}
	for _, other := range order {
		if others[other] {
			return other
		}
	}
	return name
}
