package web_test

import (
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

var colour = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)

// coloursOf are the colours that a style names.
func coloursOf(style string) map[string]string {
	out := map[string]string{}
	for _, m := range colour.FindAllStringSubmatch(style, -1) {
		if _, twice := out[m[1]]; !twice {
			out[m[1]] = m[2]
		}
	}
	return out
}

// contrast is that of WCAG 2, from 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	one, two := luminance(t, a), luminance(t, b)
	return (max(one, two) + .05) / (min(one, two) + .05)
}

func luminance(t *testing.T, hex string) (out float64) {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	require.NoError(t, err)
	for i, weight := range []float64{.2126, .7152, .0722} {
		c := float64(n>>(16-8*i)&0xff) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		out += weight * c
	}
	return out
}
