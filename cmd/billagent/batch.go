package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors/datafile"
	"github.com/spf13/cobra"
)

// row is one requested change of a batch.
type row struct {
	line                             int // in the file, from 1; 0 for an argument
	email, firstName, lastName, role string
}

// columns says what a command takes beside the e-mail.
type columns struct {
	role, names bool
	action      userops.Action
}

func (c columns) known() []string {
	out := []string{"email"}
	if c.names {
		out = append(out, "first_name", "last_name")
	}
	if c.role {
		out = append(out, "role")
	}
	return out
}

// batchCommand completes a command that makes one change for each e-mail, in one signed-in session.
func (a *app) batchCommand(c *cobra.Command, cols columns, ask func(row) userops.Request) *cobra.Command {
	var from, role, first, last string
	var skip bool
	var change changeFlags
	change.add(c)
	if cols.action == userops.Deactivate {
		change.addLimit(c)
	}
	c.Flags().StringVar(&from, "from", "", "CSV file with a header ("+strings.Join(cols.known(), ", ")+"), or - for standard input")
	c.Flags().BoolVar(&skip, "skip-invalid", false, "leave out bad rows instead of running nothing")
	if cols.role {
		c.Flags().StringVar(&role, "role", "", "role, as the console names it")
		must(c.RegisterFlagCompletionFunc("role", cobra.NoFileCompletions))
	}
	if cols.names {
		c.Flags().StringVar(&first, "first-name", "", "first name")
		c.Flags().StringVar(&last, "last-name", "", "last name")
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := change.check(cmd); err != nil {
			return err
		}
		rows, err := a.rows(cmd.Context(), args, from, cols, skip)
		if err != nil {
			return err
		}
		if cols.names && len(args) > 1 && (first != "" || last != "") {
			return usage(errors.New("--first-name and --last-name go with one e-mail: give several people in a file with --from"))
		}
		for i := range rows {
			rows[i].role, rows[i].firstName, rows[i].lastName = either(rows[i].role, role), either(rows[i].firstName, first), either(rows[i].lastName, last)
		}
		asked := make([]userops.Request, len(rows))
		for i, r := range rows {
			asked[i] = ask(r)
			asked[i].Action = cols.action
		}
		return a.serveOperations(cmd, change, func(ctx context.Context, dir *operation.Directory) error {
			return a.changeAll(ctx, dir, asked, from != "")
		})
	}
	return c
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// rows collects and checks what is asked for, before anything runs.
func (a *app) rows(ctx context.Context, args []string, from string, cols columns, skip bool) ([]row, error) {
	if from == "" && len(args) == 0 {
		return nil, usage(errors.New("name at least one e-mail, or give a file with --from"))
	}
	if from != "" && len(args) > 0 {
		return nil, usage(errors.New("give either e-mails or --from, not both"))
	}
	var rows []row
	var bad []error
	for _, e := range args {
		rows = append(rows, row{email: e})
	}
	if from != "" {
		var err error
		if rows, bad, err = a.readFile(ctx, from, cols); err != nil {
			return nil, err
		}
	}
	good := rows[:0]
	seen := map[string]int{}
	for _, r := range rows {
		email, err := userops.CheckEmail(r.email)
		key := userops.FoldEmail(email)
		if at, twice := seen[key]; err == nil && twice {
			err = fmt.Errorf("%s is asked for twice%s", email, map[bool]string{true: fmt.Sprintf(", first in line %d", at)}[at > 0])
		}
		if err != nil {
			bad = append(bad, place(from, r.line, err))
			continue
		}
		seen[key] = r.line
		r.email = email
		good = append(good, r)
	}
	if n := len(bad); n > badBound && !skip {
		bad = append(bad[:badBound], fmt.Errorf("and %d more", n-badBound))
	}
	if len(bad) > 0 && !skip {
		return nil, usage(fmt.Errorf("nothing was run:\n%w\ncorrect this, or leave it out with --skip-invalid", errors.Join(bad...)))
	}
	for _, b := range bad {
		fmt.Fprintln(a.stderr, "left out:", plain(b.Error()))
	}
	if len(good) == 0 {
		return nil, usage(errors.New("there is nobody to do this for"))
	}
	return good, nil
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

// Bounds of a file of people: 10,000 take about 1 MB, and at 4 s each half a day.
const (
	fileBound = 10 << 20
	rowBound  = 10_000
	badBound  = 20 // bad rows that are named
)

// standardInput reads all of it, or until a Ctrl-C.
func (a *app) standardInput(ctx context.Context) ([]byte, error) {
	type read struct {
		data []byte
		err  error
	}
	got := make(chan read, 1)
	go func() { // ends with the program at the latest: a terminal's read cannot be interrupted
		data, err := datafile.ReadAll(a.stdin, fileBound)
		got <- read{data, err}
	}()
	select {
	case r := <-got:
		return r.data, r.err
	case <-ctx.Done():
		return nil, userops.ErrCancelled
	}
}

// readFile reads a CSV file with a header. Rows that are not well formed come back as errors of their own.
func (a *app) readFile(ctx context.Context, from string, cols columns) (rows []row, bad []error, err error) {
	var data []byte
	if from == "-" {
		data, err = a.standardInput(ctx)
	} else {
		data, err = datafile.ReadFile(from, fileBound)
	}
	if err != nil {
		return nil, nil, usage(fmt.Errorf("reading the file of --from: %w", err))
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = true
	header, err := r.Read()
	if err != nil {
		return nil, nil, usage(place(from, 1, fmt.Errorf("a header is needed, such as %s", strings.Join(cols.known(), ","))))
	}
	index := map[string]int{}
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if !slices.Contains(cols.known(), h) {
			return nil, nil, usage(place(from, 1, fmt.Errorf("unknown column %q: known are %s", cut(h, 40), strings.Join(cols.known(), ", "))))
		}
		if _, twice := index[h]; twice {
			return nil, nil, usage(place(from, 1, fmt.Errorf("the column %q stands there twice", h)))
		}
		index[h] = i
	}
	if _, ok := index["email"]; !ok {
		return nil, nil, usage(place(from, 1, errors.New(`there is no column "email"`)))
	}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, bad, nil
		}
		var malformed *csv.ParseError
		if errors.As(err, &malformed) {
			bad = append(bad, place(from, malformed.Line, malformed.Err))
			if errors.Is(malformed.Err, csv.ErrQuote) || errors.Is(malformed.Err, csv.ErrBareQuote) {
				continue
			}
			return rows, bad, nil
		}
		if err != nil {
			return nil, nil, usage(fmt.Errorf("reading the file of --from: %w", err))
		}
		line, _ := r.FieldPos(0)
		if len(rec) != len(header) {
			bad = append(bad, place(from, line, fmt.Errorf("it has %d fields, the header has %d", len(rec), len(header))))
			continue
		}
		field := func(name string) string {
			if i, ok := index[name]; ok {
				return strings.TrimSpace(rec[i])
			}
			return ""
		}
		if len(rows) == rowBound {
			return nil, nil, usage(place(from, line, fmt.Errorf("more than %d people are not changed in one run: cut the file in parts", rowBound)))
		}
		rows = append(rows, row{line: line, email: field("email"), firstName: field("first_name"), lastName: field("last_name"), role: field("role")})
	}
}

// exactly is cobra.ExactArgs with a message that says what is missing.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(fmt.Errorf("give %s: %d arguments are needed, there are %d", what, n, len(args)))
		}
		return nil
	}
}
