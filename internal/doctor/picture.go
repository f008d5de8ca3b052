package doctor

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/billagent/billagent/automation"
)

// How much of the page is shown around what is outlined, in pixels. A picture of the whole would be ten times as large.
const (
	margin      = 140
	leastWidth  = 640
	leastHeight = 260
	thickness   = 3
)

var (
	outlineFirst = color.RGBA{R: 0xd6, G: 0x1f, B: 0x45, A: 0xff}
	outlineOther = color.RGBA{R: 0xe0, G: 0x8a, B: 0x00, A: 0xff}
)

// outlined cuts out of a picture of the page (PNG) what lies around the boxes, and outlines them; without boxes the
// whole page is shown.
func outlined(page []byte, boxes ...automation.Box) ([]byte, error) {
	decoded, err := png.Decode(bytes.NewReader(page))
	if err != nil {
		return nil, fmt.Errorf("reading a picture: %w", err)
	}
	canvas := image.NewRGBA(decoded.Bounds())
	draw.Draw(canvas, canvas.Bounds(), decoded, decoded.Bounds().Min, draw.Src)
	around := image.Rectangle{}
	for i, b := range boxes {
		r := image.Rect(int(b.X), int(b.Y), int(b.X+b.W), int(b.Y+b.H)).Inset(-2 * thickness)
		shade := outlineOther
		if i == 0 {
			shade = outlineFirst
		}
		frame(canvas, r, shade)
		if i == 0 || around.Union(r).Dy() < canvas.Bounds().Dy()*2/3 {
			around = around.Union(r)
		}
	}
	shown := canvas.Bounds()
	if len(boxes) > 0 && around.Overlaps(shown) {
		shown = widened(around.Intersect(shown), shown)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, canvas.SubImage(shown), &jpeg.Options{Quality: 72}); err != nil {
		return nil, fmt.Errorf("writing a picture: %w", err)
	}
	return out.Bytes(), nil
}

// widened is a rectangle with its margin, at least as large as a picture is, within the page.
func widened(r, page image.Rectangle) image.Rectangle {
	r = r.Inset(-margin)
	if lack := leastWidth - r.Dx(); lack > 0 {
		r.Min.X, r.Max.X = r.Min.X-lack/2, r.Max.X+lack/2
	}
	if lack := leastHeight - r.Dy(); lack > 0 {
		r.Min.Y, r.Max.Y = r.Min.Y-lack/2, r.Max.Y+lack/2
	}
	if r.Min.X < page.Min.X {
		r = r.Add(image.Pt(page.Min.X-r.Min.X, 0))
	}
	if r.Min.Y < page.Min.Y {
		r = r.Add(image.Pt(0, page.Min.Y-r.Min.Y))
	}
	return r.Intersect(page)
}

// frame draws the edge of a rectangle.
func frame(on draw.Image, r image.Rectangle, shade color.Color) {
	ink := image.NewUniform(shade)
	for _, edge := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+thickness)}, {image.Pt(r.Min.X, r.Max.Y-thickness), r.Max},
		{r.Min, image.Pt(r.Min.X+thickness, r.Max.Y)}, {image.Pt(r.Max.X-thickness, r.Min.Y), r.Max},
	} {
		draw.Draw(on, edge, ink, image.Point{}, draw.Src)
	}
}
