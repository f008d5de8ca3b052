package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
	"github.com/schollz/progressbar/v3"
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
func (a *app) batchCommand(c *cobra.Command, cols columns, do func(context.Context, userops.Directory, row) userops.Result) *cobra.Command {
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
		rows, err := a.rows(args, from, cols, skip)
		if err != nil {
			return err
		}
		if cols.names && len(args) > 1 && (first != "" || last != "") {
			return usage(errors.New("--first-name and --last-name go with one e-mail: give several people in a file with --from"))
		}
		for i := range rows {
			rows[i].role, rows[i].firstName, rows[i].lastName = either(rows[i].role, role), either(rows[i].firstName, first), either(rows[i].lastName, last)
		}
		return a.serveOperations(cmd, change, func(ctx context.Context, dir *operation.Directory) error {
			if cols.action == userops.Deactivate {
				err := admit(ctx, dir, rows)
				if errors.Is(err, userops.ErrLimit) { // nothing of the run is done, and each row says so
					return a.changeAll(ctx, dir, rows, from != "", func(ctx context.Context, _ userops.Directory, r row) userops.Result {
						return dir.Refuse(ctx, journal.Request{Action: cols.action, Email: r.email}, err)
					})
				}
				if err != nil {
					return err
				}
			}
			return a.changeAll(ctx, dir, rows, from != "", do)
		})
	}
	return c
}

func admit(ctx context.Context, dir *operation.Directory, rows []row) error {
	emails := make([]string, len(rows))
	for i, r := range rows {
		emails[i] = r.email
	}
	return dir.Admit(ctx, emails)
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// rows collects and checks what is asked for, before anything runs.
func (a *app) rows(args []string, from string, cols columns, skip bool) ([]row, error) {
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
		if rows, bad, err = a.readFile(from, cols); err != nil {
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

// fileBound keeps a file given by mistake from filling memory: 10,000 people take about 1 MB.
const fileBound = 64 << 20

// readFile reads a CSV file with a header. Rows that are not well formed come back as errors of their own.
func (a *app) readFile(from string, cols columns) (rows []row, bad []error, err error) {
	var in io.Reader = a.stdin
	if from != "-" {
		f, err := os.Open(from)
		if err != nil {
			return nil, nil, usage(fmt.Errorf("opening the file of --from: %w", err))
		}
		defer f.Close()
		in = f
	}
	r := csv.NewReader(io.LimitReader(in, fileBound))
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
			return nil, nil, usage(place(from, 1, fmt.Errorf("unknown column %q: known are %s", h, strings.Join(cols.known(), ", "))))
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
		rows = append(rows, row{line: line, email: field("email"), firstName: field("first_name"), lastName: field("last_name"), role: field("role")})
	}
}

// changeAll makes the changes one after the other and prints each result as it comes. After a Ctrl-C the change under
// way is settled and the others are reported as halted.
func (a *app) changeAll(ctx context.Context, dir userops.Directory, rows []row, isBatch bool, do func(context.Context, userops.Directory, row) userops.Result) error {
	isBatch = isBatch || len(rows) > 1
	var bar *progressbar.ProgressBar
	if _, ok := terminalOf(a.stderr); ok && isBatch {
		a.live.out = nil // the bar takes its place
		bar = progressbar.NewOptions(len(rows), progressbar.OptionSetWriter(a.stderr), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
	}
	results := make([]userops.Result, 0, len(rows))
	for _, r := range rows {
		res := do(ctx, dir, r)
		results = append(results, res)
		a.live.stop()
		if bar != nil {
			_ = bar.Clear() // a bar that cannot be drawn ends nothing
		}
		if err := a.printResult(res, isBatch); err != nil {
			return a.unwritten(results, err)
		}
		if bar != nil {
			_ = bar.Add(1)
		}
	}
	if a.output == "json" && isBatch || a.output == "csv" {
		if err := a.printResults(results); err != nil {
			return a.unwritten(results, err)
		}
	}
	code := userops.ExitCodeOf(results)
	if code != 0 {
		return &exitError{code: code}
	}
	return nil
}

// printResults prints all results as one JSON array, or as CSV.
func (a *app) printResults(results []userops.Result) error {
	if a.output == "json" {
		if results == nil {
			results = []userops.Result{}
		}
		return printJSON(a.stdout, results)
	}
	records := make([][]string, len(results))
	for i, r := range results {
		records[i] = resultRecord(r)
	}
	return writeRecords(a.stdout, resultColumns, records)
}

// unwritten tells on standard error what was done when standard output cannot take it: it must not be lost. A person
// must look, which is what the exit status says.
func (a *app) unwritten(results []userops.Result, err error) error {
	for _, r := range results {
		fmt.Fprintln(a.stderr, resultLine(r))
	}
	return &exitError{code: userops.Unknown.ExitCode(), err: fmt.Errorf("the results above were reached, but could not be written: %w", err)}
}

func (a *app) printResult(r userops.Result, isBatch bool) error {
	switch a.output {
	case "table":
		_, err := fmt.Fprintln(a.stdout, resultLine(r))
		return err
	case "ndjson":
		return printLine(a.stdout, r)
	case "json":
		if !isBatch {
			return printJSON(a.stdout, r)
		}
	}
	return nil
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
