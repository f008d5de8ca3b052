package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) freezeCommand() *cobra.Command {
	var all, list bool
	var reason string
	c := &cobra.Command{
		Use:   "freeze",
		Short: "Stop all changes of a tenant, or of all, before their commit",
		Long: `Stop all changes of a tenant, or with --all of every tenant, until it is thawed. A change that is under way in another
process stops before its commit, too. Listing and reading go on.`,
		Example: "  billagent freeze --tenant acme --reason \"incident 12\"\n  billagent freeze --all --reason drill\n  billagent freeze --list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				if list {
					return a.printFreezes(ctx, s)
				}
				if reason == "" {
					return usage(errors.New("give --reason: whoever meets the freeze reads it"))
				}
				who, err := a.whom(s, all)
				if err != nil {
					return err
				}
				if err := s.Freeze(ctx, journal.Freeze{Tenant: who, Reason: reason, By: actor()}, a.tell); err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.stdout, "%s frozen; thaw with: billagent thaw %s\n", whomText(who), whomFlag(who))
				return err
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "every tenant")
	c.Flags().BoolVar(&list, "list", false, "list what is frozen instead")
	c.Flags().StringVar(&reason, "reason", "", "why; whoever meets the freeze reads it")
	return c
}

// whom is the tenant meant, or everybody.
func (a *app) whom(s *service.Service, all bool) (string, error) {
	if all && a.tenantName != "" {
		return "", usage(errors.New("give either --all or --tenant"))
	}
	if all {
		return journal.Everybody, nil
	}
	return s.Tenant("")
}

func whomText(who string) string {
	if who == journal.Everybody {
		return "all tenants are"
	}
	return "tenant " + who + " is"
}

func whomFlag(who string) string {
	if who == journal.Everybody {
		return "--all"
	}
	return "--tenant " + who
}

func (a *app) printFreezes(ctx context.Context, s *service.Service) error {
	fs, err := s.Freezes(ctx)
	if err != nil {
		return err
	}
	if printed, err := printRecords(a, fs, []string{"tenant", "reason", "by", "at"}, freezeRecord); printed {
		return err
	}
	if len(fs) == 0 {
		_, err := fmt.Fprintln(a.stdout, "nothing is frozen")
		return err
	}
	t := newGrid("Tenant", "Since", "By", "Reason")
	for _, f := range fs {
		name := f.Tenant
		if name == journal.Everybody {
			name = "all"
		}
		t.add(name, f.At.Local().Format(time.DateTime), f.By, f.Reason)
	}
	return t.print(a.stdout)
}

func freezeRecord(f journal.Freeze) []string {
	return []string{f.Tenant, f.Reason, f.By, f.At.Format(time.RFC3339)}
}
