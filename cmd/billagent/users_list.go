package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) usersListCommand() *cobra.Command {
	var status string
	var details, streamed bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the users of a tenant",
		Long:    "List the users of a tenant. The exit status is 2 if the end of the list could not be proved, so that a script does not\ntake a part for the whole. With --stream everybody is printed when they are read, and only the last line says whether it is\na complete list: until then it may be a part, stale or of another organisation.",
		Example: "  billagent users list\n  billagent users list --status all -o json\n  billagent users list --stream -o ndjson\n  billagent users list --status inactive -o csv > inactive.csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			statuses, err := parseStatus(status)
			if err != nil {
				return err
			}
			if streamed && (details || a.output == "json" || a.output == "csv") {
				return usage(errors.New("--stream goes with table or ndjson, and not with --details: what comes later cannot change a line that is printed"))
			}
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
				if streamed {
					return a.stream(ctx, s, statuses)
				}
				return a.list(ctx, s, statuses, details)
			})
		},
	}
	c.Flags().StringVar(&status, "status", "active", "active, inactive, pending or all")
	c.Flags().BoolVar(&details, "details", false, "look at the page of everybody, too, where the list does not show everything: one page each")
	c.Flags().BoolVar(&streamed, "stream", false, "print everybody when they are read; the last line says whether the list is complete")
	must(c.RegisterFlagCompletionFunc("status", cobra.FixedCompletions([]string{"active", "inactive", "pending", "all"}, cobra.ShellCompDirectiveNoFileComp)))
	return c
}

func parseStatus(s string) ([]userops.Status, error) {
	switch s {
	case "all":
		return nil, nil
	case "active", "inactive", "pending":
		return []userops.Status{userops.Status(s)}, nil
	}
	return nil, usage(fmt.Errorf("--status is %q: choose active, inactive, pending or all", s))
}

// stream lists users, and prints them when they are read.
func (a *app) stream(ctx context.Context, s *service.Service, statuses []userops.Status) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	out := a.newStream(stop)
	var listed []userops.User
	l, err := s.Users(ctx, name, statuses, func(u userops.User) error { listed = append(listed, u); return nil }, out.tell)
	return out.end(name, listed, l, err)
}

func (a *app) list(ctx context.Context, s *service.Service, statuses []userops.Status, details bool) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	users := []userops.User{}
	each := func(u userops.User) error { users = append(users, u); return nil }
	print := func(u userops.User) error { return printLine(a.stdout, u) }
	if a.output == "ndjson" && !details {
		each = print
	}
	l, err := s.Users(ctx, "", statuses, each, a.tell)
	if err != nil {
		return err
	}
	if details {
		listed := users
		users = nil
		if a.output != "ndjson" {
			print = each
		}
		if err := s.Details(ctx, name, listed, print, a.tell); err != nil {
			return err
		}
	}
	a.live.stop()
	switch a.output {
	case "json":
		err = printJSON(a.stdout, listing{Tenant: name, Path: l.Path, Layout: l.Layout, SelectorVersion: l.SelectorVersion, ObservedAt: l.ObservedAt, Complete: l.Complete, Users: users})
	case "csv":
		records := make([][]string, len(users))
		for i, u := range users {
			records[i] = userRecord(u)
		}
		err = a.writeRecords(userColumns, records)
	case "table":
		err = printUserTable(a.stdout, users)
		word := map[bool]string{true: "complete", false: "not complete"}[l.Complete]
		by := l.Path
		if l.SelectorVersion != "" {
			by += " (" + l.SelectorVersion + ")"
		}
		fmt.Fprintf(a.stderr, "%d users of %s, by %s; %s: %s\n", len(users), name, by, word, l.Proof)
	}
	if err == nil && !l.Complete {
		err = &userops.Error{Act: "listing users", Tenant: name, Kind: userops.ErrIncomplete, Cause: errors.New(l.Proof), Hint: "somebody may be changing users right now: try again"}
	}
	return err
}
