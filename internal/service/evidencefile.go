package service

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/billagent/billagent/internal/journal"
)

// ErrNoEvidence means that this machine has no such evidence: it was removed, is another machine's, or never was.
var ErrNoEvidence = errors.New("there is no such evidence here")

// EvidenceFile is a file of an operation's evidence.
type EvidenceFile struct {
	Name  string
	Bytes int64
}

// EvidenceFiles lists the files of an operation's evidence. The error wraps ErrNoEvidence where there is none.
func (s *Service) EvidenceFiles(o journal.Operation) (files []EvidenceFile, err error) {
	err = s.inEvidence(o, func(dir *os.Root) error {
		all, err := fs.ReadDir(dir.FS(), ".")
		if err != nil {
			return err
		}
		for _, f := range all {
			if info, err := f.Info(); err == nil && f.Type().IsRegular() {
				files = append(files, EvidenceFile{f.Name(), info.Size()})
			}
		}
		return nil
	})
	return files, err
}

// OpenEvidence opens a file of an operation's evidence, and nothing else: no folder, no link, nothing beside the
// operation's own. The error wraps ErrNoEvidence where there is none.
func (s *Service) OpenEvidence(o journal.Operation, name string) (f *os.File, err error) {
	err = s.inEvidence(o, func(dir *os.Root) error {
		there, err := dir.Lstat(name)
		if err != nil || !there.Mode().IsRegular() || filepath.Base(name) != name {
			return fmt.Errorf("%w: %q of operation %s", ErrNoEvidence, name, o.ID)
		}
		if f, err = dir.Open(name); err != nil {
			return err
		}
		if is, err := f.Stat(); err != nil || !os.SameFile(is, there) {
			return errors.Join(fmt.Errorf("%w: %q of operation %s was replaced meanwhile", ErrNoEvidence, name, o.ID), f.Close())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// inEvidence has do look into the folder of an operation's evidence, out of which no name leads. Where that is
// follows from the operation's tenant and id: what the journal says may be another machine's folder.
func (s *Service) inEvidence(o journal.Operation, do func(dir *os.Root) error) error {
	for _, part := range []string{o.Tenant, o.ID} {
		if !filepath.IsLocal(part) || filepath.Base(part) != part || part == "." {
			return fmt.Errorf("%w: of operation %s", ErrNoEvidence, o.ID)
		}
	}
	all, err := os.OpenRoot(s.config.EvidenceDir())
	if err != nil {
		return noEvidence(o, err)
	}
	defer all.Close()
	dir := filepath.Join(o.Tenant, o.ID)
	if there, err := all.Lstat(dir); err != nil || !there.IsDir() {
		return fmt.Errorf("%w: of operation %s", ErrNoEvidence, o.ID)
	}
	own, err := all.OpenRoot(dir)
	if err != nil {
		return noEvidence(o, err)
	}
	defer own.Close()
	if err := do(own); err != nil && !errors.Is(err, ErrNoEvidence) {
		return noEvidence(o, err)
	} else if err != nil {
		return err
	}
	return nil
}

func noEvidence(o journal.Operation, why error) error {
	if errors.Is(why, fs.ErrNotExist) {
		return fmt.Errorf("%w: of operation %s", ErrNoEvidence, o.ID)
	}
	return fmt.Errorf("reading the evidence of operation %s: %w", o.ID, why)
}
