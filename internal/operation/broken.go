//go:build broken_again

package operation

const settlesByReading = false
