package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

// whenFlags say when something is to happen.
type whenFlags struct {
	at, zone string
	now      bool
}

func (f *whenFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.at, "at", "", `when, as in "2026-12-04 17:00", or with an offset, as in "2026-12-04 17:00 -05:00"`)
	c.Flags().StringVar(&f.zone, "tz", "", "zone whose clocks show that time, as in America/New_York (default: the tenant's time_zone)")
	c.Flags().BoolVar(&f.now, "now", false, "at once; with a time of --at that has passed, too")
	must(c.RegisterFlagCompletionFunc("at", cobra.NoFileCompletions))
	must(c.RegisterFlagCompletionFunc("tz", cobra.NoFileCompletions))
}

// when is the instant that the flags mean, where fallback is the zone that holds if none is named.
func (f *whenFlags) when(fallback string) (schedule.When, error) {
	if f.at == "" && !f.now {
		return schedule.When{}, usage(errors.New("say when, with --at, or give --now"))
	}
	if f.at == "" {
		now := time.Now().UTC()
		return schedule.When{At: now, Asked: "now"}, nil
	}
	return schedule.Parse(f.at, either(f.zone, schedule.ZoneFor(f.at, fallback)))
}

// offboardFlags are those of the command that schedules.
type offboardFlags struct {
	whenFlags
	reason, onBehalfOf, from string
	limit                    int
	unlisted                 bool
}

func (a *app) offboardCommand() *cobra.Command {
	var f offboardFlags
	c := &cobra.Command{
		Use:   "offboard EMAIL",
		Short: "Schedule the deactivation of users, and see what is scheduled",
		Long: `Schedule that a user is deactivated at a time, once: by "billagent serve", which runs what is due, or by "billagent run-due" from cron.
A time is on the clocks of a zone. One that does not exist there, or comes twice, on a day when clocks are changed is refused with the
choices. A time that has passed is refused unless --now.

First the tenant's users are read: who is not among them is refused, unless --unlisted, with which nothing is read. Where they cannot be read, the
offboarding is scheduled, and standard error says so.

With --from a CSV file has a row for each user, with the columns ` + strings.Join(offboardColumns, ", ") + `; tenants may differ. What a row leaves
out is taken from the flags. Either all rows are scheduled or none.`,
		Example: "  billagent offboard ann@acme.example --tenant acme --at \"2026-12-04 17:00\" --tz America/New_York --reason HR-1234\n" +
			"  billagent offboard --from leavers.csv\n  billagent offboard list",
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.limit < 0 || cmd.Flags().Changed("limit") && f.limit < 1 {
				return usage(errors.New("--limit must be at least 1"))
			}
			return a.keepWith(cmd, func(ctx context.Context, c *config.Config, s *service.Service) error {
				return a.offboard(ctx, c, s, args, f)
			})
		},
	}
	c.Args = cobra.ArbitraryArgs
	f.add(c)
	c.Flags().StringVar(&f.reason, "reason", "", "why, for the journal and the audit log, such as a ticket's number")
	c.Flags().StringVar(&f.onBehalfOf, "on-behalf-of", "", "who asked for it, for the journal and the audit log")
	c.Flags().StringVar(&f.from, "from", "", "CSV file with a header ("+strings.Join(offboardColumns, ", ")+"), or - for standard input")
	c.Flags().BoolVar(&f.unlisted, "unlisted", false, "do not check that the user exists in the tenant")
	c.Flags().IntVar(&f.limit, "limit", 0, "when it is due, allow so many deactivations within an hour (default: 20 % of the active users, at least 3, at most 25)")
	c.AddCommand(a.offboardListCommand(), a.offboardShowCommand(), a.offboardCancelCommand(), a.offboardRescheduleCommand(), a.offboardResumeCommand(), a.offboardPruneCommand())
	return c
}

// keepWith is keep for a command that looks at the configuration, too.
func (a *app) keepWith(cmd *cobra.Command, do func(ctx context.Context, c *config.Config, s *service.Service) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	return a.serveWith(cmd.Context(), c, func(ctx context.Context, s *service.Service) error { return do(ctx, c, s) })
}

var offboardColumns = []string{"email", "tenant", "at", "tz", "reason"}

// offboard schedules what its argument, or a file, asks for.
func (a *app) offboard(ctx context.Context, c *config.Config, s *service.Service, args []string, f offboardFlags) error {
	rows, bad, err := a.offboardRows(ctx, args, f)
	if err != nil {
		return err
	}
	var asked []service.Offboarding
	var lines []int
	for _, r := range rows {
		o, err := offboarding(c, s, r, f)
		if err != nil {
			bad = append(bad, badRow{r.fields["email"], place(f.from, r.line, err)})
			continue
		}
		asked, lines = append(asked, o), append(lines, r.line)
	}
	by := service.Asked{By: actor(), OnBehalfOf: f.onBehalfOf, Limit: f.limit}
	failed, unread, err := s.Schedulable(ctx, by, asked, a.tell) // also where rows are bad: all faults of a file are told at once
	if err != nil {
		return err
	}
	if len(bad)+len(failed) == 0 {
		var made []journal.Schedule
		if made, failed, err = s.Schedule(ctx, by, asked); err != nil {
			return err
		}
		if len(failed) == 0 {
			a.tellUnread(unread)
			return a.printScheduled(made, f.from != "")
		}
	}
	for i := range asked {
		if err := failed[i]; err != nil {
			bad = append(bad, badRow{asked[i].Email, place(f.from, lines[i], allTheSame(err))})
		}
	}
	return notScheduled(bad, f.from != "")
}

// tellUnread says of which tenants it is not known whether they have those who were scheduled.
func (a *app) tellUnread(unread map[string]error) {
	for _, name := range slices.Sorted(maps.Keys(unread)) {
		const remedy = "see `billagent offboard list`, and cancel whoever is mistyped"
		a.note(fmt.Sprintf("scheduled, but not checked against the users of tenant %s: %v; %s", name, unread[name], remedy))
	}
	a.live.stop()
}

// allTheSame adds to why somebody was not found how they are scheduled all the same.
func allTheSame(err error) error {
	var e *userops.Error
	if !errors.As(err, &e) || !errors.Is(err, userops.ErrNotFound) {
		return err
	}
	told := *e
	told.Hint = "--unlisted schedules it all the same; otherwise " + e.Hint
	return &told
}

// notScheduled is why nothing was scheduled: refused, if a guard says so of each of them.
func notScheduled(bad []badRow, several bool) error {
	code := userops.Refused.ExitCode()
	for _, b := range bad {
		if !userops.Refuses(b.err) {
			code = 1
		}
	}
	if !several {
		return &exitError{code, bad[0].err}
	}
	var errs []error
	for _, b := range bad[:min(len(bad), badBound)] {
		errs = append(errs, b.err)
	}
	if n := len(bad); n > badBound {
		errs = append(errs, fmt.Errorf("and %d more", n-badBound))
	}
	return &exitError{code, fmt.Errorf("nothing was scheduled:\n%w", errors.Join(errs...))}
}

// offboardRows are the rows of a file, or one for the argument.
func (a *app) offboardRows(ctx context.Context, args []string, f offboardFlags) ([]record, []badRow, error) {
	switch {
	case f.from == "" && len(args) != 1:
		return nil, nil, usage(errors.New("name one e-mail, or give a file with --from"))
	case f.from != "" && len(args) > 0:
		return nil, nil, usage(errors.New("give either an e-mail or --from, not both"))
	case f.from != "":
		rows, bad, err := a.readRecords(ctx, f.from, offboardColumns)
		if err == nil && len(rows)+len(bad) == 0 {
			err = usage(errors.New("the file of --from names nobody"))
		}
		return rows, bad, err
	}
	_, err := userops.Request{Action: userops.Deactivate, Email: args[0]}.Check() // before all else: it may be a command that is misspelt
	return []record{{fields: map[string]string{"email": args[0]}}}, nil, err
}

// offboarding is what a row asks for, with the flags for what it leaves out.
func offboarding(c *config.Config, s *service.Service, r record, f offboardFlags) (o service.Offboarding, err error) {
	when := whenFlags{at: either(r.fields["at"], f.at), zone: either(r.fields["tz"], f.zone), now: f.now}
	if r.fields["at"] != "" { // a row that has an offset leaves out no zone
		when.zone = either(r.fields["tz"], schedule.ZoneFor(when.at, f.zone))
	}
	o = service.Offboarding{Email: r.fields["email"], Reason: either(r.fields["reason"], f.reason), Past: f.now, Unlisted: f.unlisted}
	if o.Tenant, err = s.Tenant(r.fields["tenant"]); err != nil {
		return o, err
	}
	if o.Reason == "" {
		return o, usage(errors.New("give --reason: whoever looks into the journal or the audit log reads it"))
	}
	o.When, err = when.when(c.Tenants[o.Tenant].TimeZone)
	return o, err
}

// printScheduled prints what was scheduled, or changed since.
func (a *app) printScheduled(all []journal.Schedule, several bool) error {
	if a.output == "json" && !several {
		return printJSON(a.stdout, all[0])
	}
	if printed, err := printRecords(a, all, scheduleColumns, scheduleRecord); printed {
		return err
	}
	for _, s := range all {
		if _, err := fmt.Fprintf(a.stdout, "%-9s  %s in tenant %s, %s  (%s)\n", scheduleWord(s), plain(s.Email), s.Tenant, dueText(s), s.ID); err != nil {
			return err
		}
	}
	return nil
}
