package browserpath

import (
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// knownLife is, unless configured, how long a list that was read serves the next change of a batch: as long as a
// change may take from its look to its commit.
const knownLife = 20 * time.Second

// known is the list that was read for the change before of the same batch, or for its limit, and in it the one whom
// this change is about; nil where everybody has to be read: after something failed, where anything of the person is
// odd, or where an administrator is concerned, of whom one must stay. Whom the page is about is looked at once more
// at the press, and what becomes of the change is read anew.
func (c *course) known() (userops.Roster, *userops.User) {
	ros := c.p.lastRead
	if !c.Hooks.Batch || c.Anew || c.Attempt > 0 || !ros.Complete || time.Since(ros.ObservedAt) > c.p.opts.KnownFor || c.p.version == nil {
		return userops.Roster{}, nil
	}
	found := c.plain(ros)
	if found == nil {
		return userops.Roster{}, nil
	}
	ros.Earlier = true
	return ros, found
}

// goesOn says that a list read once, and not held against the organisation afterwards, is enough to go on by: the
// person is on it, and the rules end the change with no word. A second reading tells whether somebody slipped from a
// page to another between two answers, so that one is missing: whoever is not missed is changed all the same, by the
// id that the list gave, on a page that says whose it is and whom it is about.
func (c *course) goesOn(ros userops.Roster) bool {
	if c.Anew || c.Attempt > 0 || !ros.Complete {
		return false
	}
	found := c.plain(ros)
	return found != nil && c.Goes(ros, found)
}

// plain is the one on a list whom the change is about, where nothing but the row is needed to know that it may be
// made: nil where anything of them is odd, where the list alone does not say enough, or where an administrator is
// concerned, of whom one must stay.
func (c *course) plain(ros userops.Roster) *userops.User {
	found, err := ros.Match(c.Asked)
	if err != nil || found == nil || found.Notice != "" || found.Holds(c.p.Rules().Administrator) {
		return nil
	}
	if _, more := c.p.opts.Library.Flow(detailsFlow, c.p.layout()); more {
		return nil
	}
	return found
}
