package recording_test

import (
	"os"
	"testing"

	"github.com/billagent/billagent/automation/automationtest"
)

func TestMain(m *testing.M) { os.Exit(automationtest.Main(m)) }
