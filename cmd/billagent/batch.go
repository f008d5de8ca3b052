package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

// inputFlags are what a command may be given for everybody that it is about, by the inputs of its action.
var inputFlags = []struct {
	input    userops.Input
	flag     string
	says     string
	personal bool // belongs to one person: not given for several at once
	needed   bool // each row of a file has it
}{
	{userops.InputFirstName, "first-name", "first name", true, true},
	{userops.InputLastName, "last-name", "last name", true, true},
	{userops.InputRole, "role", "role, as the console names it", false, true},
	{userops.InputTimeZone, "time-zone", "time zone in the console's words (default: as the console has it)", false, false},
}

// batchCommand completes a command that makes one change for each e-mail, in one signed-in session. What it takes
// beside the e-mail is told by the table of actions. complete, which may be nil, adds what only this command knows
// to each request.
func (a *app) batchCommand(c *cobra.Command, action userops.Action, complete func(*userops.Request)) *cobra.Command {
	kind, _ := userops.KindOf(action)
	var from string
	var skip bool
	var change changeFlags
	change.add(c)
	if kind.TakesAll {
		change.addLimit(c)
	}
	c.Flags().StringVar(&from, "from", "", "CSV file with a header ("+strings.Join(columnsOf(kind), ", ")+"), or - for standard input")
	c.Flags().BoolVar(&skip, "skip-invalid", false, "leave out bad rows instead of running nothing")
	given := map[userops.Input]*string{}
	for _, f := range inputFlags {
		if kind.Takes(f.input) {
			given[f.input] = c.Flags().String(f.flag, "", f.says)
			must(c.RegisterFlagCompletionFunc(f.flag, cobra.NoFileCompletions))
		}
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := change.check(cmd); err != nil {
			return err
		}
		if err := personal(given, args, from); err != nil {
			return err
		}
		fill := func(rq *userops.Request) {
			rq.Action = action
			for in, text := range given {
				if rq.Values()[in] == "" {
					rq.Set(in, *text)
				}
			}
			if complete != nil {
				complete(rq)
			}
		}
		asked, leftOut, err := a.requests(cmd.Context(), kind, args, from, skip, fill)
		if err != nil {
			return err
		}
		if len(asked) == 0 {
			return a.nobody(leftOut)
		}
		return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
			return a.changeAll(ctx, s, asked, change.asked(), leftOut, from != "")
		})
	}
	return c
}

// columnsOf are the columns of a file for an action.
func columnsOf(k userops.Kind) []string {
	out := []string{"email"}
	for _, in := range k.Inputs {
		out = append(out, string(in))
	}
	return out
}

// personal refuses what belongs to one person where several are named.
func personal(given map[userops.Input]*string, args []string, from string) error {
	for _, f := range inputFlags {
		if text := given[f.input]; f.personal && text != nil && *text != "" && (len(args) > 1 || from != "") {
			return usage(errors.New("--first-name and --last-name go with one e-mail: a file of --from has them for each row"))
		}
	}
	return nil
}

// row is one requested change of a batch.
type row struct {
	line int // in the file, from 1; 0 for an argument
	userops.Request
}

// requests collects and checks what is asked for, before anything runs. What is left out of it comes back as results.
func (a *app) requests(
	ctx context.Context, kind userops.Kind, args []string, from string, skip bool, fill func(*userops.Request),
) ([]userops.Checked, []userops.Result, error) {
	if from == "" && len(args) == 0 {
		return nil, nil, usage(errors.New("name at least one e-mail, or give a file with --from"))
	}
	if from != "" && len(args) > 0 {
		return nil, nil, usage(errors.New("give either e-mails or --from, not both"))
	}
	var rows []row
	var bad []badRow
	for _, e := range args {
		rows = append(rows, row{Request: userops.Request{Email: e}})
	}
	if from != "" {
		var err error
		if rows, bad, err = a.readFile(ctx, from, columnsOf(kind)); err != nil {
			return nil, nil, err
		}
	}
	good, more := checked(kind, rows, from, fill)
	if bad = append(bad, more...); len(bad) == 0 || skip {
		return good, leftOut(kind, bad), nil
	}
	return nil, nil, usage(fmt.Errorf("%w\ncorrect this, or leave it out with --skip-invalid", nothingRun(bad)))
}

// badRow is a row that is not well formed.
type badRow struct {
	email string // as it was given; may be anything
	err   error
}

// checked are the rows as requests that are well formed, each e-mail once, and what is wrong with the others.
func checked(kind userops.Kind, rows []row, from string, fill func(*userops.Request)) (good []userops.Checked, bad []badRow) {
	seen := map[string]int{}
	for _, r := range rows {
		fill(&r.Request)
		checked, err := r.Check()
		rq := checked.Request()
		key := userops.FoldEmail(rq.Email)
		if err == nil && r.line > 0 {
			err = missing(kind, rq)
		}
		if at, twice := seen[key]; err == nil && twice {
			first := ""
			if at > 0 {
				first = fmt.Sprintf(", first in line %d", at)
			}
			err = fmt.Errorf("%s is asked for twice%s", rq.Email, first)
		}
		if err != nil {
			bad = append(bad, badRow{r.Email, place(from, r.line, err)})
			continue
		}
		seen[key] = r.line
		good = append(good, checked)
	}
	return good, bad
}

// missing says which value a row of a file needs and does not have.
func missing(kind userops.Kind, rq userops.Request) error {
	for _, f := range inputFlags {
		if kind.Takes(f.input) && f.needed && rq.Values()[f.input] == "" {
			return fmt.Errorf("%s has no %s", rq.Email, f.input)
		}
	}
	return nil
}

// badBound is how many bad rows are named.
const badBound = 20

func nothingRun(bad []badRow) error {
	var errs []error
	for _, b := range bad[:min(len(bad), badBound)] {
		errs = append(errs, b.err)
	}
	if n := len(bad); n > badBound {
		errs = append(errs, fmt.Errorf("and %d more", n-badBound))
	}
	return fmt.Errorf("nothing was run:\n%w", errors.Join(errs...))
}

// leftOut are the results of rows that are not well formed: they are halted, and never written down.
func leftOut(kind userops.Kind, bad []badRow) []userops.Result {
	var out []userops.Result
	for _, b := range bad {
		r := userops.Result{Action: kind.Action, Email: cut(b.email, 80)}
		r.End(userops.Halted, &userops.Error{Act: kind.Act, Target: cut(b.email, 80), Kind: userops.ErrInput, Cause: b.err, Hint: "correct the row"})
		out = append(out, r)
	}
	return out
}

// nobody ends a batch of which nothing is left to be done.
func (a *app) nobody(leftOut []userops.Result) error {
	a.live = newLive(a.stderr)
	a.note("there is nobody to do this for")
	p := &printer{app: a, several: true, leftOut: leftOut}
	return p.print(context.Background(), func(context.Context) error { return nil })
}

func place(from string, line int, err error) error {
	if line == 0 {
		return err
	}
	if from == "-" {
		from = "standard input"
	}
	return fmt.Errorf("%s, line %d: %w", from, line, err)
}

// exactly is cobra.ExactArgs with a message that says what is missing.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(fmt.Errorf("give %s, and nothing else: this has %s", what, counted(len(args), "argument")))
		}
		return nil
	}
}
