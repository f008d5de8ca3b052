//go:build !broken_again

package operation

// settlesByReading is false only in an engine broken on purpose, with the build tag broken_again, to show that the
// adversarial matrix catches it.
const settlesByReading = true
