package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gowebpki/jcs"
	"golang.org/x/mod/sumdb/note"
)

// Finding is something wrong with a log.
type Finding struct {
	Line int    `json:"line"` // counts from 1; 0: not a line of the log
	What string `json:"what"`
}

// Report is what a verification came to.
type Report struct {
	Lines       int       `json:"lines"`
	Checkpoints int       `json:"checkpoints"`
	Covered     int       `json:"covered"` // lines up to the last good checkpoint: what lies beyond is chained, not signed
	Last        string    `json:"last"`    // the last checkpoint, to be kept elsewhere
	Findings    []Finding `json:"findings"`
}

type checkpoint struct {
	seq  int
	hash string
	text string
}

// Verify reads the log of a folder and reports what is wrong with it. key is the verification key; empty, the one that
// lies in the folder is used, which shows less: who can write the log can write the key. kept is a checkpoint that was
// kept elsewhere, or empty; with it even a log and checkpoints that were cut together are found out.
func Verify(dir, key, kept string) (Report, error) {
	if key == "" {
		data, err := os.ReadFile(filepath.Join(dir, verifyKeyFile))
		if err != nil {
			return Report{}, fmt.Errorf("reading the verification key: %w", err)
		}
		key = strings.TrimSpace(string(data))
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return Report{}, fmt.Errorf("the verification key cannot be read: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(dir, logFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Report{}, fmt.Errorf("reading the audit log: %w", err)
	}
	signed, err := os.ReadFile(filepath.Join(dir, checkpointFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Report{}, fmt.Errorf("reading the checkpoints: %w", err)
	}
	r := Report{Findings: []Finding{}}
	lines := r.chain(data)
	r.Lines = len(lines)
	points := r.signed(signed, verifier)
	r.Checkpoints = len(points)
	if kept != "" {
		p, err := readCheckpoint([]byte(kept), verifier)
		if err != nil {
			return r, fmt.Errorf("the checkpoint that was kept elsewhere: %w", err)
		}
		points = append(points, p)
	}
	for _, p := range points {
		switch {
		case p.seq > len(lines):
			r.find(len(lines), "the log ends here, but a signed checkpoint knows line %d: the end was cut off", p.seq)
		case p.seq < 1 || sum(lines[p.seq-1]) != p.hash:
			r.find(p.seq, "this line is not the one that was signed")
		case p.seq > r.Covered:
			r.Covered, r.Last = p.seq, p.text
		}
	}
	if len(lines) > 0 && len(points) == 0 {
		r.find(0, "there is no checkpoint: the end of the log proves nothing")
	}
	return r, nil
}

func (r *Report) find(line int, format string, args ...any) {
	f := Finding{Line: line, What: fmt.Sprintf(format, args...)}
	for _, g := range r.Findings {
		if g == f {
			return
		}
	}
	r.Findings = append(r.Findings, f)
}

// chain checks each line against the one before.
func (r *Report) chain(data []byte) [][]byte {
	if len(data) == 0 {
		return nil
	}
	if data[len(data)-1] != '\n' {
		r.find(bytes.Count(data, []byte("\n"))+1, "the last line was not written to its end")
		data = data[:bytes.LastIndexByte(data, '\n')+1]
	}
	var lines [][]byte
	if len(data) > 0 {
		lines = bytes.Split(data[:len(data)-1], []byte("\n"))
	}
	before := int64(0)
	for i, line := range lines {
		var e Entry
		canonical, err := jcs.Transform(line)
		if err == nil {
			err = json.Unmarshal(line, &e)
		}
		switch {
		case err != nil:
			r.find(i+1, "this is not a line of the log: %v", err)
			before++
			continue
		case !bytes.Equal(canonical, line):
			r.find(i+1, "this line was edited: it is not canonical")
		}
		prev := ""
		if i > 0 {
			prev = sum(lines[i-1])
		}
		switch {
		case e.Seq > before+1:
			r.find(i+1, "entries %d to %d are missing before this line", before+1, e.Seq-1)
		case e.Seq <= before:
			r.find(i+1, "this line, entry %d, stands in the wrong place", e.Seq)
		case e.Prev != prev && i > 0:
			r.find(i, "this line was edited: the next one remembers it otherwise")
		case e.Prev != prev:
			r.find(i+1, "this line was edited: nothing can come before the first")
		}
		before = e.Seq
	}
	return lines
}

// signed reads the checkpoints.
func (r *Report) signed(data []byte, v note.Verifier) []checkpoint {
	var out []checkpoint
	for i, line := range bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		var c struct{ Note string }
		err := json.Unmarshal(line, &c)
		var p checkpoint
		if err == nil {
			p, err = readCheckpoint([]byte(c.Note), v)
		}
		if err != nil {
			r.find(0, "checkpoint %d cannot be trusted: %v", i+1, err)
			continue
		}
		out = append(out, p)
	}
	return out
}

func readCheckpoint(text []byte, v note.Verifier) (checkpoint, error) {
	n, err := note.Open(text, note.VerifierList(v))
	if err != nil {
		return checkpoint{}, err
	}
	parts := strings.Split(n.Text, "\n")
	if len(parts) != 4 || parts[0] != name {
		return checkpoint{}, errors.New("it is a note of something else")
	}
	seq, err := strconv.Atoi(parts[1])
	return checkpoint{seq: seq, hash: parts[2], text: string(text)}, err
}

// Read returns the entries of a log's folder. A last line that was not written to its end was never acknowledged,
// and is passed over: Verify tells of it, and Append removes it.
func Read(dir string) ([]Entry, error) {
	data, err := os.ReadFile(filepath.Join(dir, logFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	var out []Entry
	data = data[:bytes.LastIndexByte(data, '\n')+1]
	for i, line := range bytes.Split(data, []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("reading the audit log: line %d: %w", i+1, err)
		}
		out = append(out, e)
	}
	return out, nil
}
