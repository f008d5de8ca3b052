package automation

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Binary is a browser on this machine.
type Binary struct {
	Path string `json:"path"`
	Kind string `json:"kind"` // headless-shell or chromium
	Why  string `json:"why"`  // why this one was chosen
}

// names are looked up on the PATH in this order: the headless shell starts in half the time and needs a third of the
// memory of a full Chromium.
var names = []struct{ name, kind string }{
	{"chromium-headless-shell", "headless-shell"}, {"chrome-headless-shell", "headless-shell"}, {"headless-shell", "headless-shell"},
	{"chromium", "chromium"}, {"chromium-browser", "chromium"}, {"google-chrome", "chromium"}, {"google-chrome-stable", "chromium"},
}

// places are looked at after the PATH.
var places = []string{"/usr/bin", "/usr/lib/chromium", "/opt/google/chrome", "/Applications/Google Chrome.app/Contents/MacOS", "/Applications/Chromium.app/Contents/MacOS"}

// DownloadFolder is where an installed headless shell lives, below the user's cache folder.
func DownloadFolder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache folder: %w", err)
	}
	return filepath.Join(cache, "billagent", "browser"), nil
}

// Find chooses the browser to run: path if given, else the first of the known names on the PATH, in the usual places
// and in DownloadFolder. full asks for a browser with a window, passing over headless shells.
// The error is ErrNoBrowser, with every place looked at.
func Find(path string, full bool) (Binary, error) {
	if path != "" {
		resolved, err := exec.LookPath(path)
		if err != nil {
			return Binary{}, fmt.Errorf("%w: the configured browser.path %q cannot be run: %v", ErrNoBrowser, path, err)
		}
		return Binary{Path: resolved, Kind: kindOfName(resolved), Why: "named by browser.path"}, nil
	}
	var looked []string
	for _, n := range names {
		if full && n.kind == "headless-shell" {
			continue
		}
		if p, err := exec.LookPath(n.name); err == nil {
			return Binary{Path: p, Kind: n.kind, Why: "first of the known names found on the PATH"}, nil
		}
		looked = append(looked, n.name)
		for _, dir := range places {
			if p, err := exec.LookPath(filepath.Join(dir, n.name)); err == nil {
				return Binary{Path: p, Kind: n.kind, Why: "found in " + dir}, nil
			}
		}
	}
	if b, ok := downloaded(full); ok {
		return b, nil
	}
	return Binary{}, fmt.Errorf("%w: looked for %s on the PATH and in %s", ErrNoBrowser, strings.Join(looked, ", "), strings.Join(places, ", "))
}

// downloaded finds the newest headless shell that `billagent browser install` unpacked.
func downloaded(full bool) (Binary, bool) {
	dir, err := DownloadFolder()
	if err != nil || full {
		return Binary{}, false
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", "chrome-headless-shell-*", "chrome-headless-shell"))
	if err != nil || len(found) == 0 {
		return Binary{}, false
	}
	slices.Sort(found)
	return Binary{Path: found[len(found)-1], Kind: "headless-shell", Why: "installed by billagent"}, true
}

func kindOfName(path string) string {
	if strings.Contains(filepath.Base(path), "headless") {
		return "headless-shell"
	}
	return "chromium"
}

// Version asks the browser for its version text.
func (b Binary) Version(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, b.Path, "--version", "--no-sandbox").Output()
	if err != nil {
		return "", fmt.Errorf("asking %s for its version: %w", b.Path, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Sandboxed says whether the browser's sandbox can be on, and why not.
func Sandboxed() (bool, string) {
	if runtime.GOOS == "linux" && os.Geteuid() == 0 {
		return false, "running as root: the browser's sandbox is off. Run billagent as an ordinary user to have it on"
	}
	return true, ""
}
