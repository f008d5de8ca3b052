package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) opsShowCommand() *cobra.Command {
	var open bool
	c := &cobra.Command{
		Use:     "show OP",
		Short:   "Show one operation with its evidence",
		Long:    "Show one operation, by its id or an unmistakable beginning of it: who asked for what, how far it came, what was seen\nbefore and after, each step, and the files of its evidence.",
		Example: "  billagent ops show 01a20a48\n  billagent ops show 01a20a48 --open",
		Args:    exactly(1, "an operation's id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				o, err := s.Operation(ctx, args[0])
				if errors.Is(err, journal.ErrNoOperation) {
					return usage(fmt.Errorf("%w; see them with: billagent ops list", err))
				}
				if err != nil {
					return err
				}
				if a.output == "table" || a.output == "csv" {
					_, err = fmt.Fprint(a.stdout, opText(o))
				} else {
					err = printJSON(a.stdout, o)
				}
				if err == nil && open {
					return openFolder(ctx, o.Evidence)
				}
				return err
			})
		},
	}
	c.Flags().BoolVar(&open, "open", false, "open the folder of its evidence in the desktop's file manager")
	return c
}

func opText(o journal.Operation) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-16s  %s\n", name, plain(value))
		}
	}
	line("operation", o.ID)
	line("tenant", o.Tenant)
	line("asked for", strings.TrimSpace(fmt.Sprintf("%s %s %s %s", o.Request.Action, o.Request.Email, o.Request.Role, map[bool]string{true: "(rehearsal)"}[o.DryRun])))
	line("by", o.RequestedBy)
	line("on behalf of", o.OnBehalfOf)
	line("at", o.CreatedAt.Local().Format(time.DateTime))
	line("outcome", standing(o))
	line("because", o.Reason)
	line("what to do", o.Hint)
	line("before", userText(o.Before))
	line("wanted", strings.TrimSpace(o.Wanted.Role+" "+string(o.Wanted.Status)))
	line("after", userText(o.After))
	for _, n := range o.Notices {
		line("note", n)
	}
	if o.IntentAt != nil {
		line("commit tried at", o.IntentAt.Local().Format("2006-01-02 15:04:05.000"))
	}
	line("attempts", fmt.Sprint(o.Attempts))
	line("path", strings.TrimSpace(o.Path+" "+o.SelectorVersion))
	if o.Worker != "" && !o.Ended() {
		line("worked on by", journal.ParseWorker(o.Worker).String())
	}
	line("evidence", o.Evidence)
	evidenceText(&b, o.Evidence)
	return b.String()
}

func userText(u *userops.User) string {
	if u == nil {
		return ""
	}
	return fmt.Sprintf("%s %s <%s>, %s, %s", u.FirstName, u.LastName, u.Email, u.Role, u.Status)
}

// evidenceText tells the step log and names the other files.
func evidenceText(b *strings.Builder, dir string) {
	if dir == "" {
		return
	}
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(b, "  it has been pruned; the audit log keeps its hashes")
		return
	}
	if err != nil {
		fmt.Fprintf(b, "  it cannot be read: %v\n", err)
		return
	}
	for _, f := range files {
		fmt.Fprintf(b, "  %s\n", filepath.Join(dir, f.Name()))
	}
	log, err := os.Open(filepath.Join(dir, "steps.jsonl"))
	if err != nil {
		return
	}
	defer log.Close()
	fmt.Fprintln(b, "steps")
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s struct {
			At      time.Time
			Flow    string
			Step    string
			Targets []string
			Error   string
			TookMS  int64 `json:"took_ms"`
		}
		if json.Unmarshal(lines.Bytes(), &s) != nil {
			continue
		}
		fmt.Fprintf(b, "  %s  %-12s %-8s %s  %d ms", s.At.Local().Format("15:04:05.000"), s.Flow, s.Step, strings.Join(s.Targets, ", "), s.TookMS)
		if s.Error != "" {
			fmt.Fprintf(b, "  FAILED: %s", plain(s.Error))
		}
		b.WriteString("\n")
	}
}

// openFolder hands a folder to the desktop.
func openFolder(ctx context.Context, dir string) error {
	if dir == "" {
		return usage(errors.New("--open: this operation has no evidence"))
	}
	name := map[string]string{"darwin": "open"}[runtime.GOOS]
	if name == "" {
		name = "xdg-open"
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(ctx, name, dir).CombinedOutput(); err != nil {
		return usage(fmt.Errorf("opening %s: %w %s", dir, err, strings.TrimSpace(string(out))))
	}
	return nil
}
