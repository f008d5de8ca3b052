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
	var data []byte
	if from == "-" {
		data, err = a.standardInput(ctx)
	} else {
		data, err = datafile.ReadFile(from, fileBound)
	}
	if err != nil {
		return nil, nil, usage(fmt.Errorf("reading the file of --from: %w", err))
	}
	if err := readable(from, data); err != nil {
		return nil, nil, usage(err)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = true
	header, err := r.Read()
	if err != nil {
		return nil, nil, usage(place(from, 1, fmt.Errorf("a header is needed, such as %s", strings.Join(known, ","))))
	}
	index := map[string]int{}
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if !slices.Contains(known, h) {
			return nil, nil, usage(place(from, 1, fmt.Errorf("unknown column %q: known are %s", cut(h, 40), strings.Join(known, ", "))))
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
		if errors.As(err, &malformed) { // how far an open quotation mark reaches nobody knows
			err := malformed.Err
			if malformed.StartLine < malformed.Line {
				err = fmt.Errorf("it begins in line %d: %w", malformed.StartLine, err)
			}
			return nil, nil, usage(fmt.Errorf("nothing was run, since the file cannot be read as CSV: %w", place(from, malformed.Line, err)))
		}
		if err != nil {
			return nil, nil, usage(fmt.Errorf("reading the file of --from: %w", err))
		}
		line, _ := r.FieldPos(0)
		if len(rec) != len(header) {
			bad = append(bad, badRow{rec[0], place(from, line, fmt.Errorf("it has %d fields, the header has %d", len(rec), len(header)))})
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
		r := row{line: line, Request: userops.Request{Email: field("email")}}
		for _, name := range known[1:] {
			r.Set(userops.Input(name), field(name))
		}
		rows = append(rows, r)
	}
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
