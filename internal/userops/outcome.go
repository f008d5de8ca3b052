package userops

// Outcome is how one change ended. The words are used alike in code, output, logs and documents.
type Outcome string

// The six outcomes. Only Done and Requested changed anything for certain; Unknown may have.
const (
	Done      Outcome = "done"      // effect verified by read-back
	Already   Outcome = "already"   // the wanted state held before we acted
	Requested Outcome = "requested" // accepted, but a second person must approve
	Halted    Outcome = "halted"    // stopped before the commit point
	Refused   Outcome = "refused"   // our own guard said no
	Unknown   Outcome = "unknown"   // the commit was tried and read-back could not settle it
)

// ExitCode is the program's exit status for one outcome.
func (o Outcome) ExitCode() int {
	switch o {
	case Done, Already:
		return 0
	case Halted:
		return 2
	case Refused:
		return 3
	case Requested:
		return 4
	default:
		return 5
	}
}

// ExitMixed is the exit status of a batch whose outcomes call for different ones.
const ExitMixed = 6

// ExitCodeOf is the exit status of several results together.
func ExitCodeOf(results []Result) int {
	code := 0
	for i, r := range results {
		switch c := r.ExitCode(); {
		case i == 0:
			code = c
		case c != code:
			return ExitMixed
		}
	}
	return code
}
