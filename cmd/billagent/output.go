package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/billagent/billagent/internal/userops"
)

var outputs = []string{"table", "json", "ndjson", "csv"}

func checkOutput(o string) error {
	if !slices.Contains(outputs, o) {
		return usage(fmt.Errorf("--output is %q: choose %s", o, strings.Join(outputs, ", ")))
	}
	return nil
}

// listing is what `users list -o json` prints. The names are a contract.
type listing struct {
	Tenant          string         `json:"tenant"`
	Path            string         `json:"path"`
	Layout          string         `json:"layout"`
	SelectorVersion string         `json:"selector_version"`
	ObservedAt      time.Time      `json:"observed_at"`
	Complete        bool           `json:"complete"`
	Users           []userops.User `json:"users"`
}

var userColumns = []string{"id", "email", "first_name", "last_name", "role", "status", "notice"}

func userRecord(u userops.User) []string {
	return []string{u.ID, u.Email, u.FirstName, u.LastName, u.Role, string(u.Status), u.Notice}
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func printLine(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func printUserTable(w io.Writer, users []userops.User) error {
	header := []string{"Email", "First name", "Last name", "Role", "Status"}
	odd := slices.ContainsFunc(users, func(u userops.User) bool { return u.Notice != "" })
	if odd {
		header = append(header, "Notice")
	}
	g := newGrid(header...)
	for _, u := range users {
		row := []any{u.Email, u.FirstName, u.LastName, u.Role, u.Status}
		if odd {
			row = append(row, u.Notice)
		}
		g.add(row...)
	}
	return g.print(w)
}

var resultColumns = []string{"op", "action", "email", "outcome", "code", "reason", "hint", "path", "selector_version",
	"before_role", "before_status", "after_role", "after_status", "evidence", "took_ms", "dry_run"}

func resultRecord(r userops.Result) []string {
	var before, after userops.User
	if r.Before != nil {
		before = *r.Before
	}
	if r.After != nil {
		after = *r.After
	}
	return []string{r.Op, string(r.Action), r.Email, string(r.Outcome), string(r.Code), r.Reason, r.Hint, r.Path, r.SelectorVersion,
		before.Role, string(before.Status), after.Role, string(after.Status), r.Evidence, strconv.FormatInt(r.TookMS, 10), strconv.FormatBool(r.DryRun)}
}

// resultLine is one result for a person: the outcome word, what was asked, what changed, how long it took.
func resultLine(r userops.Result) string {
	var b strings.Builder
	word := string(r.Outcome)
	if r.Code == userops.CodeOf(userops.ErrRehearsed) { // it is halted, as it was to be
		word = "rehearsed"
	}
	fmt.Fprintf(&b, "%-9s  %s %s", word, r.Action, plain(r.Email))
	if r.DryRun && word != "rehearsed" {
		b.WriteString(" (rehearsal)")
	}
	if d := difference(r.Before, r.After); d != "" {
		fmt.Fprintf(&b, "  (%s)", d)
	}
	fmt.Fprintf(&b, "  %.1f s", float64(r.TookMS)/1000)
	if r.Reason != "" {
		fmt.Fprintf(&b, "\n           because: %s", plain(r.Reason))
	}
	if r.Hint != "" {
		fmt.Fprintf(&b, "\n           what to do: %s", plain(r.Hint))
	}
	for _, w := range r.WouldSend {
		word := map[bool]string{true: "let through", false: "stopped"}[w.Passes]
		fmt.Fprintf(&b, "\n           would send: %s\n           at a real commit: %s, %s", plain(w.Request), word, plain(w.Ruling))
		if w.Sends != "" {
			fmt.Fprintf(&b, "\n           for the flow's file:\n%s", w.Sends)
		}
	}
	for _, n := range r.Notices {
		fmt.Fprintf(&b, "\n           note: %s", plain(n))
	}
	if r.Evidence != "" && r.Outcome != userops.Already {
		fmt.Fprintf(&b, "\n           evidence: %s", r.Evidence)
	}
	return b.String()
}

// difference says in a few words how a user changed.
func difference(before, after *userops.User) string {
	switch {
	case before == nil && after == nil:
		return ""
	case after == nil:
		return "not read again"
	case before == nil:
		return fmt.Sprintf("new: %s, %s", after.Role, after.Status)
	}
	var d []string
	if before.Status != after.Status {
		d = append(d, fmt.Sprintf("%s → %s", before.Status, after.Status))
	}
	if before.Role != after.Role {
		d = append(d, fmt.Sprintf("%s → %s", before.Role, after.Role))
	}
	if was, is := before.FirstName+" "+before.LastName, after.FirstName+" "+after.LastName; was != is {
		d = append(d, fmt.Sprintf("%s → %s", plain(was), plain(is)))
	}
	if len(d) == 0 {
		return fmt.Sprintf("still %s, %s", after.Role, after.Status)
	}
	return strings.Join(d, ", ")
}

// writeRecords prints CSV with a header. What would steer a terminal or begin a formula in a spreadsheet is made
// harmless, unless the text is wanted as it is.
func (a *app) writeRecords(header []string, records [][]string) error {
	if !a.raw {
		for i, r := range records {
			records[i] = make([]string, len(r))
			for j, c := range r {
				records[i][j] = harmless(c)
			}
		}
	}
	return csv.NewWriter(a.stdout).WriteAll(append([][]string{header}, records...))
}

// printRecords prints all in the form that --output names, unless that is a table, which is for its caller to draw:
// printed is false then.
func printRecords[T any](a *app, all []T, columns []string, record func(T) []string) (printed bool, err error) {
	switch a.output {
	case "json":
		if all == nil {
			all = []T{}
		}
		return true, printJSON(a.stdout, all)
	case "ndjson":
		for _, one := range all {
			if err := printLine(a.stdout, one); err != nil {
				return true, err
			}
		}
		return true, nil
	case "csv":
		records := make([][]string, len(all))
		for i, one := range all {
			records[i] = record(one)
		}
		return true, a.writeRecords(columns, records)
	}
	return false, nil
}

// harmless is a text without control characters that no spreadsheet takes for a formula: those begin with one of
// these signs, also in their full width (OWASP, CSV Injection).
func harmless(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r) || bidi(r):
			return '\uFFFD'
		}
		return r
	}, s)
	seen := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || userops.Unseen(r) })
	if strings.IndexAny(seen, "=+-@＝＋－＠") == 0 {
		return "'" + s
	}
	return s
}

// counted is a number with its noun, as in "1 finding" and "2 findings".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
