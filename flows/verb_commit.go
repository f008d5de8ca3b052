package flows

// Commit presses the target of the one step of a changing flow that cannot be undone.
type Commit struct{ Press }

func (c *Commit) says() string { return "COMMIT: " + c.Press.says() }
func (*Commit) word() string   { return "commit" }
func (*Commit) acts()          {}

func (c *Commit) check(f *Flow, complain complaint, at []any) {
	if c.For == nil && c.Row == nil {
		complain("a commit says whom it concerns, by row or for", at...)
	}
	if f.Subject != "" {
		c.checkSubject(f, complain, at)
	}
}
