//go:build broken_again && !broken_readback

package browserpath

const readsBack, looksFirst = true, false
