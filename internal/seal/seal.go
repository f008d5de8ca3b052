// Package seal keeps small secrets on disk, sealed with age for one key, each file readable by its owner alone and
// never half written.
package seal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// Box seals and opens files of a folder.
type Box struct {
	dir string
	key *age.X25519Identity
}

// ErrKey says that a file was sealed with another key, or is damaged.
var ErrKey = errors.New("cannot be opened with this key")

// New uses the given age secret key (AGE-SECRET-KEY-1…), or where it is empty one that is made on first use and kept
// at dir/session.key with mode 0600.
func New(dir, key string) (*Box, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making %s: %w", dir, err)
	}
	if key == "" {
		var err error
		if key, err = ownKey(filepath.Join(dir, "session.key")); err != nil {
			return nil, err
		}
	}
	id, err := age.ParseX25519Identity(key)
	if err != nil {
		return nil, errors.New("the session key is not an age secret key (AGE-SECRET-KEY-1…)") // age's error repeats it
	}
	return &Box{dir: dir, key: id}, nil
}

func ownKey(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err == nil {
		return string(bytes.TrimSpace(data)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading the session key: %w", err)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return "", fmt.Errorf("making a session key: %w", err)
	}
	// Linked into place, so that of two processes starting at once both end up with the same key.
	tmp, err := writeTemp(filepath.Dir(path), []byte(id.String()+"\n"))
	if err != nil {
		return "", fmt.Errorf("making a session key: %w", err)
	}
	err = os.Link(tmp, path)
	if rm := os.Remove(tmp); rm != nil && err == nil {
		err = rm
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("making a session key: %w", err)
	}
	data, err = os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the session key: %w", err)
	}
	return string(bytes.TrimSpace(data)), nil
}

func writeTemp(dir string, data []byte) (string, error) {
	f, err := os.CreateTemp(dir, ".billagent-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

func (b *Box) path(name string) string { return filepath.Join(b.dir, filepath.Base(name)+".age") }

// Put seals data under a name, replacing what was there at once or not at all.
func (b *Box) Put(name string, data []byte) error {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, b.key.Recipient())
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("sealing %s: %w", name, err)
	}
	tmp, err := writeTemp(b.dir, sealed.Bytes())
	if err != nil {
		return fmt.Errorf("keeping %s: %w", name, err)
	}
	if err := os.Rename(tmp, b.path(name)); err != nil {
		return fmt.Errorf("keeping %s: %w", name, errors.Join(err, os.Remove(tmp)))
	}
	return nil
}

// Get opens what was sealed under a name. The error is fs.ErrNotExist or ErrKey, wrapped.
func (b *Box) Get(name string) ([]byte, error) {
	sealed, err := os.ReadFile(b.path(name))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), b.key)
	if err != nil {
		return nil, fmt.Errorf("%s %w", b.path(name), ErrKey)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s %w", b.path(name), ErrKey)
	}
	return data, nil
}

// Remove deletes what was sealed under a name, if there is anything.
func (b *Box) Remove(name string) error {
	if err := os.Remove(b.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing %s: %w", name, err)
	}
	return nil
}
