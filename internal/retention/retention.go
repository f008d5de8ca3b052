// Package retention removes evidence that is older or larger than may be kept. It removes whole folders of operations,
// never parts of one, and only below the folder it is given.
package retention

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Limits say how much is kept.
type Limits struct {
	Age   time.Duration // older folders go
	Bytes int64         // then the oldest go, until no more than this is left
}

// Folder is the evidence of one operation.
type Folder struct {
	Path  string
	Age   time.Duration
	Bytes int64
}

// Prune removes what is beyond the limits below dir, which holds a folder a tenant, in it one an operation, and returns
// what it removed, oldest first. With rehearse nothing is removed. No folder at all is nothing to do.
func Prune(ctx context.Context, dir string, l Limits, rehearse bool) ([]Folder, error) {
	all, err := folders(dir)
	if err != nil {
		return nil, fmt.Errorf("pruning evidence: %w", err)
	}
	slices.SortFunc(all, func(a, b Folder) int { return int(b.Age - a.Age) })
	var total int64
	for _, f := range all {
		total += f.Bytes
	}
	var gone []Folder
	for _, f := range all {
		if f.Age <= l.Age && total <= l.Bytes {
			break
		}
		if err := ctx.Err(); err != nil {
			return gone, fmt.Errorf("pruning evidence: %w", context.Cause(ctx))
		}
		if !rehearse {
			if err := os.RemoveAll(f.Path); err != nil {
				return gone, fmt.Errorf("pruning evidence: %w", err)
			}
		}
		total -= f.Bytes
		gone = append(gone, f)
	}
	return gone, nil
}

func folders(dir string) ([]Folder, error) {
	tenants, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Folder
	for _, t := range tenants {
		if !t.IsDir() { // nor a link: what it leads to is not ours
			continue
		}
		ops, err := os.ReadDir(filepath.Join(dir, t.Name()))
		if err != nil {
			return nil, err
		}
		for _, o := range ops {
			if !o.IsDir() {
				continue
			}
			f, err := measure(filepath.Join(dir, t.Name(), o.Name()))
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
	}
	return out, nil
}

// measure takes a folder's size, and its age from the file written last.
func measure(path string) (Folder, error) {
	f := Folder{Path: path}
	var last time.Time
	err := filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // somebody removed it meanwhile
		}
		if err != nil {
			return err
		}
		if info.Mode().IsRegular() {
			f.Bytes += info.Size()
		}
		if info.ModTime().After(last) {
			last = info.ModTime()
		}
		return nil
	})
	f.Age = time.Since(last)
	return f, err
}
