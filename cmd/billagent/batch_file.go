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
	"unicode/utf8"

	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors/datafile"
)

// Bounds of a file of people: 10,000 take about 1 MB, and at 4 s each half a day.
const (
	fileBound = 10 << 20
	rowBound  = 10_000
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
func (a *app) readFile(ctx context.Context, from string, known []string) (rows []row, bad []badRow, err error) {
	records, bad, err := a.readRecords(ctx, from, known)
	for _, rec := range records {
		r := row{line: rec.line, Request: userops.Request{Email: rec.fields["email"]}}
		for _, name := range known[1:] {
			r.Set(userops.Input(name), rec.fields[name])
		}
		rows = append(rows, r)
	}
	return rows, bad, err
}

// record is a row of a file. A column that is not there is empty.
type record struct {
	line   int // from 1
	fields map[string]string
}

// readRecords reads a CSV file with a header of known columns, the first of which is the e-mail.
func (a *app) readRecords(ctx context.Context, from string, known []string) (rows []record, bad []badRow, err error) {
	data, err := a.textOf(ctx, from)
	if err != nil {
		return nil, nil, err
	}
	f := &peopleFile{from: from, known: known, csv: csv.NewReader(bytes.NewReader(data))}
	f.csv.FieldsPerRecord = -1
	f.csv.TrimLeadingSpace = true
	if err := f.readHeader(); err != nil {
		return nil, nil, err
	}
	for {
		rec, err := f.csv.Read()
		if errors.Is(err, io.EOF) {
			return rows, bad, nil
		}
		if err != nil {
			return nil, nil, f.unreadable(err)
		}
		line, _ := f.csv.FieldPos(0)
		if len(rec) != f.width {
			err := fmt.Errorf("it has %d fields, the header has %d", len(rec), f.width)
			bad = append(bad, badRow{rec[0], place(from, line, err)})
			continue
		}
		if len(rows) == rowBound {
			err := fmt.Errorf("more than %d people are not changed in one run: cut the file in parts", rowBound)
			return nil, nil, usage(place(from, line, err))
		}
		rows = append(rows, f.record(line, rec))
	}
}

// textOf is the text of the file of --from, or of standard input for "-".
func (a *app) textOf(ctx context.Context, from string) (data []byte, err error) {
	if from == "-" {
		data, err = a.standardInput(ctx)
	} else {
		data, err = datafile.ReadFile(from, fileBound)
	}
	if err != nil {
		return nil, usage(fmt.Errorf("reading the file of --from: %w", err))
	}
	if err := readable(from, data); err != nil {
		return nil, usage(err)
	}
	return data, nil
}

// peopleFile is a CSV file of people that is being read.
type peopleFile struct {
	from  string
	known []string // the columns that it may have
	csv   *csv.Reader
	index map[string]int // where each of its columns stands
	width int            // how many fields its header has
}

// readHeader takes only a header of which every column is known, and stands there once.
func (f *peopleFile) readHeader() error {
	header, err := f.csv.Read()
	if err != nil {
		return usage(place(f.from, 1, fmt.Errorf("a header is needed, such as %s", strings.Join(f.known, ","))))
	}
	f.index, f.width = map[string]int{}, len(header)
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if !slices.Contains(f.known, h) {
			err := fmt.Errorf("unknown column %q: known are %s", cut(h, 40), strings.Join(f.known, ", "))
			return usage(place(f.from, 1, err))
		}
		if _, twice := f.index[h]; twice {
			return usage(place(f.from, 1, fmt.Errorf("the column %q stands there twice", h)))
		}
		f.index[h] = i
	}
	if _, ok := f.index["email"]; !ok {
		return usage(place(f.from, 1, errors.New(`there is no column "email"`)))
	}
	return nil
}

// unreadable is why nothing is run of a file with a row that cannot be read: it is not known how far an open quotation
// mark reaches.
func (f *peopleFile) unreadable(err error) error {
	var malformed *csv.ParseError
	if !errors.As(err, &malformed) {
		return usage(fmt.Errorf("reading the file of --from: %w", err))
	}
	why := malformed.Err
	if malformed.StartLine < malformed.Line {
		why = fmt.Errorf("it begins in line %d: %w", malformed.StartLine, why)
	}
	why = place(f.from, malformed.Line, why)
	return usage(fmt.Errorf("nothing was run, since the file cannot be read as CSV: %w", why))
}

func (f *peopleFile) record(line int, rec []string) record {
	r := record{line: line, fields: map[string]string{}}
	for name, i := range f.index {
		r.fields[name] = strings.TrimSpace(rec[i])
	}
	return r
}

// readable makes sure that a file is UTF-8 text: names of another encoding would be stored as garbage.
func readable(from string, data []byte) error {
	for line := 1; len(data) > 0; line++ {
		text, rest, _ := bytes.Cut(data, []byte("\n"))
		if !utf8.Valid(text) {
			return fmt.Errorf("nothing was run: %w", place(from, line, errors.New("it is not UTF-8 text: save the file as UTF-8")))
		}
		data = rest
	}
	return nil
}
