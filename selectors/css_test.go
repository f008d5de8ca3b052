package selectors

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCSSThatChromiumKnowsIsTaken(t *testing.T) {
	t.Parallel()
	for _, css := range []string{"div:has(> [role='list'])", ":scope > li", ":is(a, button)[data-x='${id}']", "section:where(.a, .b) + p", "li:not(:has(~ li))"} {
		require.NoError(t, CheckCSS(css), css)
	}
	for _, css := range []string{"div:has(> )", "a[href=", "li:", "p >", ":is("} {
		require.Error(t, CheckCSS(css), css)
	}
}
