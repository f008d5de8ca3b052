//go:build broken_identity

package flows

const checksIdentity = false
