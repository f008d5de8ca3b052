//go:build !broken_identity

package flows

// checksIdentity is false only in an engine broken on purpose, with the build tag broken_identity, to show that the
// adversarial matrix catches it.
const checksIdentity = true
