package automation_test

import (
	"bytes"
	"context"
	"image/jpeg"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatIsDrawnLastIsShown has the browser leave out the picture of what a key draws, which is shown all the same.
func TestWhatIsDrawnLastIsShown(t *testing.T) {
	t.Parallel()
	w := setup(t, `<body style="margin:0;background:#f00" onkeydown="document.body.style.background='#00f'"></body>`)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cast, stop, err := w.Cast(ctx)
	require.NoError(t, err)
	defer stop()
	red := func(data []byte) bool {
		img, err := jpeg.Decode(bytes.NewReader(data))
		require.NoError(t, err)
		r, _, b, _ := img.At(300, 300).RGBA()
		return r > b
	}
	data, number, err := cast.Frame(ctx, 0)
	require.NoError(t, err)
	for !red(data) { // the page before
		data, number, err = cast.Frame(ctx, number)
		require.NoError(t, err)
	}
	require.NoError(t, cast.Unheard(ctx))
	require.NoError(t, cast.Do(ctx, automation.Motion{Kind: "keydown", Key: "Shift", Code: "ShiftLeft", Number: 16}))
	for red(data) {
		data, number, err = cast.Frame(ctx, number)
		require.NoError(t, err)
	}
	assert.Positive(t, number)
}
