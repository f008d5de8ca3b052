package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Example: "  billagent version -o json", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			version, revision := programVersion()
			if a.output == "json" || a.output == "ndjson" {
				return printLine(a.stdout, map[string]string{"version": version, "revision": revision, "go": runtime.Version()})
			}
			_, err := fmt.Fprintf(a.stdout, "billagent %s %s (%s)\n", version, revision, runtime.Version())
			return err
		},
	}
}

// programName is the version and revision in one, for logs.
func programName() string {
	version, revision := programVersion()
	return strings.TrimSpace(version + " " + revision)
}

// programVersion is what the build recorded of itself.
func programVersion() (version, revision string) {
	version = "(development)"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, ""
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		version = v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) > 12 {
			revision = s.Value[:12]
		}
	}
	return version, revision
}
