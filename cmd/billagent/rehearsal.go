package main

import "fmt"

// rehearsal is the value of --dry-run: how far a change goes that is not to be made.
type rehearsal string

const (
	none         rehearsal = ""
	upToCommit   rehearsal = "true"
	throughPress rehearsal = "through"
)

// String implements pflag.Value.
func (r *rehearsal) String() string { return string(*r) }

// Type implements pflag.Value.
func (r *rehearsal) Type() string { return "bool" }

// Set implements pflag.Value.
func (r *rehearsal) Set(s string) error {
	switch s {
	case "true", "1":
		*r = upToCommit
	case "false", "0", "":
		*r = none
	case "through":
		*r = throughPress
	default:
		return fmt.Errorf("give --dry-run alone, or --dry-run=through")
	}
	return nil
}
