package memorypath_test

import (
	"testing"

	"github.com/billagent/billagent/internal/memorypath"
	"github.com/billagent/billagent/internal/userops/useropstest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	useropstest.Run(t, func(*testing.T) useropstest.Backend {
		p := memorypath.New(useropstest.Self, useropstest.Seed()...)
		return useropstest.Backend{Directory: p, Stored: p.Stored, Edit: p.Edit, DualControl: func() { p.DualControl = true }}
	})
}
