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
	found, err := ros.Match(c.Asked)
	if err != nil || found == nil || found.Notice != "" || found.Holds(c.p.Rules().Administrator) {
		return userops.Roster{}, nil
	}
	if _, more := c.p.opts.Library.Flow(detailsFlow, c.p.layout()); more { // the list alone does not say enough
		return userops.Roster{}, nil
	}
	ros.Earlier = true
	return ros, found
}
