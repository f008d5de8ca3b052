//go:build broken_readback

package browserpath

const readsBack, looksFirst = false, true
