//go:build !broken_readback && !broken_again

package browserpath

// readsBack and looksFirst are false only in engines broken on purpose, with the build tags broken_readback and
// broken_again, to show that the adversarial matrix catches them.
const readsBack, looksFirst = true, true
