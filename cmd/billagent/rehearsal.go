package main

import (
	"fmt"

	"github.com/billagent/billagent/internal/service"
)

// rehearsal is the value of --dry-run.
type rehearsal service.Rehearsal

// String implements pflag.Value.
func (r *rehearsal) String() string { return string(*r) }

// Type implements pflag.Value.
func (r *rehearsal) Type() string { return "bool" }

// Set implements pflag.Value.
func (r *rehearsal) Set(s string) error {
	switch s {
	case "true", "1":
		*r = rehearsal(service.UpToCommit)
	case "false", "0", "":
		*r = rehearsal(service.ForReal)
	case "through":
		*r = rehearsal(service.ThroughPress)
	default:
		return fmt.Errorf("give --dry-run alone, or --dry-run=through")
	}
	return nil
}
