package service

import (
	"testing"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
)

// TestWhoIsRehearsedASecondTime is another person, of another role if there is one, whom the change could be about.
func TestWhoIsRehearsedASecondTime(t *testing.T) {
	t.Parallel()
	who := func(email, role string, status userops.Status) userops.User {
		return userops.User{Email: email, Role: role, Status: status}
	}
	users := []userops.User{
		who("robot@x.example", "Clerk", userops.Active), who("boss@x.example", "Administrator", userops.Active), who("ann@x.example", "Clerk", userops.Active),
		who("bob@x.example", "Clerk", userops.Active), who("cay@x.example", "Payer", userops.Active), who("dan@x.example", "Auditor", userops.Active),
		who("gone@x.example", "Payer", userops.Inactive),
	}
	second := func(users []userops.User, flow, email, role string) string {
		kind, _ := userops.KindOfFlow(flow)
		return another(users, kind, email, role, "Robot@x.example", "Administrator")
	}
	assert.Equal(t, "cay@x.example", second(users, "rename", "ann@x.example", ""))
	assert.Equal(t, "bob@x.example", second(users[:4], "deactivate", "ann@x.example", ""), "of the same role, where there is no other")
	assert.Equal(t, "ann@x.example", second(users[:3], "deactivate", "ann@x.example", ""), "nobody else may lose access")
	assert.Equal(t, "gone@x.example", second(users, "reactivate", "gone@x.example", ""))
	assert.Equal(t, "new@x.example", second(users, "invite", "new@x.example", "Clerk"))
	assert.Equal(t, "dan@x.example", second(users, "set-role", "ann@x.example", "Payer"), "who has the role would be left as they are")
}
