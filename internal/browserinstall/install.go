// Package browserinstall puts a browser on this machine where there is none: from the system's package manager, else
// from Chrome for Testing's published index. It says what it does and removes nothing.
package browserinstall

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
)

// Index is where Chrome for Testing publishes which versions there are, with their downloads.
const Index = "https://googlechromelabs.github.io/chrome-for-testing/last-known-good-versions-with-downloads.json"

// Options say what to look for and where.
type Options struct {
	Full  bool              // a full Chromium, not the headless shell
	Index string            // default Index
	Say   func(line string) // told each thing that is done
}

// manager is a system package manager and what the browser is called there.
type manager struct {
	command     string
	refresh     []string
	install     []string
	shell, full string // package names; empty where it has none
}

var managers = []manager{
	{"apt-get", []string{"update"}, []string{"install", "-y", "--no-install-recommends"}, "chromium-headless-shell", "chromium"},
	{"dnf", nil, []string{"install", "-y"}, "chromium-headless", "chromium"},
	{"apk", nil, []string{"add", "--no-cache"}, "", "chromium"},
	{"pacman", nil, []string{"-S", "--noconfirm"}, "", "chromium"},
}

// Install makes sure that a browser is there and returns it. What is there is used; else the system's package manager
// is asked, if it may be; else the headless shell is downloaded into automation.DownloadFolder.
func Install(ctx context.Context, o Options) (automation.Binary, error) {
	if o.Index == "" {
		o.Index = Index
	}
	if b, err := automation.Find("", o.Full); err == nil {
		o.Say("a browser is there already: " + b.Path + " (" + b.Why + ")")
		return b, nil
	}
	packaged := o.fromPackages(ctx)
	if packaged == nil {
		return automation.Find("", o.Full)
	}
	o.Say(packaged.Error())
	if o.Full {
		return automation.Binary{}, fmt.Errorf("%w: install Chromium or Chrome by hand", packaged)
	}
	if err := o.fromIndex(ctx); err != nil {
		return automation.Binary{}, errors.Join(packaged, err)
	}
	b, err := automation.Find("", o.Full)
	if err == nil {
		_, err = b.Version(ctx) // libraries that the system lacks show here
	}
	return b, err
}

// fromPackages asks the first package manager found, as root or through sudo where that needs no password.
func (o Options) fromPackages(ctx context.Context) error {
	for _, m := range managers {
		if _, err := exec.LookPath(m.command); err != nil {
			continue
		}
		var via []string
		if os.Geteuid() != 0 {
			if exec.CommandContext(ctx, "sudo", "-n", "true").Run() != nil {
				return fmt.Errorf("%s is there, but installing packages needs root: run as root, or: sudo %s %s %s", m.command, m.command, strings.Join(m.install, " "), m.packages(o.Full)[0])
			}
			via = []string{"sudo", "-n"}
		}
		var errs []error
		if m.refresh != nil {
			errs = append(errs, o.run(ctx, append(append(via[:len(via):len(via)], m.command), m.refresh...)))
		}
		for _, pkg := range m.packages(o.Full) {
			err := o.run(ctx, append(append(append(via[:len(via):len(via)], m.command), m.install...), pkg))
			if err == nil {
				return nil
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	}
	return errors.New("no package manager known here (apt-get, dnf, apk, pacman)")
}

func (m manager) packages(full bool) []string {
	if m.shell == "" || full {
		return []string{m.full}
	}
	return []string{m.shell, m.full}
}

func (o Options) run(ctx context.Context, argv []string) error {
	o.Say("running: " + strings.Join(argv, " "))
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	out, err := cmd.CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, lines[len(lines)-1])
	}
	return nil
}

// platforms are Chrome for Testing's names of the systems it is built for.
var platforms = map[string]string{"linux/amd64": "linux64", "darwin/amd64": "mac-x64", "darwin/arm64": "mac-arm64"}

// downloadBound and sizeBound keep a slow or endless answer from being waited for or kept: the archive is about 110 MB.
const (
	downloadBound = 10 * time.Minute
	sizeBound     = 1 << 30
)

func (o Options) fromIndex(ctx context.Context) error {
	platform, ok := platforms[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return fmt.Errorf("there is no Chrome for Testing for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	ctx, cancel := context.WithTimeout(ctx, downloadBound)
	defer cancel()
	o.Say("reading the index of Chrome for Testing")
	version, address, err := o.lookUp(ctx, platform)
	if err != nil {
		return err
	}
	folder, err := automation.DownloadFolder()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making %s: %w", folder, err)
	}
	work, err := os.MkdirTemp(folder, ".download-")
	if err != nil {
		return fmt.Errorf("making a folder for the download: %w", err)
	}
	defer os.RemoveAll(work)
	o.Say("downloading the headless shell " + version)
	archive := filepath.Join(work, "shell.zip")
	if err := download(ctx, address, archive); err != nil {
		return err
	}
	unpacked := filepath.Join(work, "unpacked")
	if err := unpack(archive, unpacked); err != nil {
		return err
	}
	target := filepath.Join(folder, version)
	if err := os.RemoveAll(target); err != nil {
		return fmt.Errorf("replacing %s: %w", target, err)
	}
	if err := os.Rename(unpacked, target); err != nil {
		return fmt.Errorf("putting the browser in place: %w", err)
	}
	o.Say("installed in " + target)
	return nil
}

func (o Options) lookUp(ctx context.Context, platform string) (version, address string, err error) {
	body, err := get(ctx, o.Index)
	if err != nil {
		return "", "", err
	}
	defer body.Close()
	var index struct {
		Channels map[string]struct {
			Version   string
			Downloads map[string][]struct{ Platform, URL string }
		}
	}
	if err := json.NewDecoder(io.LimitReader(body, 10<<20)).Decode(&index); err != nil {
		return "", "", fmt.Errorf("reading the index of Chrome for Testing: %w", err)
	}
	stable := index.Channels["Stable"]
	for _, d := range stable.Downloads["chrome-headless-shell"] {
		if d.Platform == platform && stable.Version == filepath.Base(stable.Version) {
			return stable.Version, d.URL, nil
		}
	}
	return "", "", fmt.Errorf("the index of Chrome for Testing names no headless shell for %s", platform)
}

func get(ctx context.Context, address string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("%s: %s", address, res.Status), res.Body.Close())
	}
	return res.Body, nil
}

func download(ctx context.Context, address, to string) error {
	body, err := get(ctx, address)
	if err != nil {
		return err
	}
	defer body.Close()
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(body, sizeBound))
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("downloading %s: %w", address, err)
	}
	if n == sizeBound {
		return fmt.Errorf("downloading %s: it is larger than %d bytes", address, int64(sizeBound))
	}
	return nil
}

// unpack writes a zip archive's files below a folder, and refuses names that lead out of it.
func unpack(archive, to string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("unpacking the browser: %w", err)
	}
	defer z.Close()
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("unpacking the browser: %q leads out of the archive's folder", f.Name)
		}
		path := filepath.Join(to, f.Name)
		if f.FileInfo().IsDir() {
			continue
		}
		if err := writeFile(f, path); err != nil {
			return fmt.Errorf("unpacking %s: %w", f.Name, err)
		}
	}
	return nil
}

func writeFile(f *zip.File, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, f.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, sizeBound))
	return errors.Join(err, out.Close())
}
