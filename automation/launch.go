package automation

import (
	"bufio"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// guardian is the shell script that owns a browser and its profile folder. It outlives us on purpose: when we are
// killed, its end of the life line closes, and it ends the browser and removes the folder.
//
//go:embed guardian.sh
var guardian string

// profilePrefix begins the name of every profile folder, so that a leftover can be known for ours.
const profilePrefix = "billagent-profile-"

// process is a running browser with its guardian.
type process struct {
	cmd      *exec.Cmd
	lifeline *os.File
	pipe     *pipe
	closers  []io.Closer
	stderr   *tail
	profile  string
	ended    chan struct{}
	once     sync.Once
}

// flags are given to every browser. Background networking is off so that nothing but the console is spoken to. Only the
// headless shell knows --block-new-web-contents: it opens no window whatever a page asks for. A full browser opens it;
// Browser lets it load nothing and closes it. V8's middle compiler is off: our pages live for seconds, and what it
// compiles for them costs more than it brings (internal/decisions/2026-11-28-less-for-the-browser-to-do.md).
func flags(opts Options, profile string) []string {
	fs := []string{
		"--remote-debugging-pipe", "--user-data-dir=" + profile, "--no-first-run", "--no-default-browser-check",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--disable-default-apps",
		"--disable-extensions", "--disable-client-side-phishing-detection", "--disable-domain-reliability", "--disable-breakpad", "--disable-crash-reporter",
		"--disable-features=Translate,OptimizationHints,MediaRouter,InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater,Reporting,NetworkErrorLogging",
		// What no gate can hold: data channels of WebRTC. The headless shell knows the first, a full browser the
		// second.
		"--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--webrtc-ip-handling-policy=disable_non_proxied_udp",
		"--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
		"--block-new-web-contents", "--disable-prompt-on-repost", "--metrics-recording-only", "--mute-audio", "--password-store=basic", "--use-mock-keychain",
		"--force-color-profile=srgb", "--hide-scrollbars", "--disable-dev-shm-usage", "--disable-gpu",
		"--js-flags=--no-maglev",
	}
	if !opts.Headful && opts.Binary.Kind != "headless-shell" {
		fs = append(fs, "--headless=new")
	}
	if ok, _ := Sandboxed(); !ok {
		fs = append(fs, "--no-sandbox")
	}
	return append(fs, "about:blank")
}

// launch starts a browser under its guardian. The profile folder is made below dir.
func launch(opts Options) (*process, error) {
	dir := opts.ProfileDir
	if dir == "" {
		dir = os.TempDir()
	}
	sweep(dir)
	return start(opts, filepath.Join(dir, profilePrefix+rand.Text()))
}

// noProfile is the guardian's exit status when it could not make the profile folder.
const noProfile = 73

// died says why a browser that has been stopped did not start, beside the error that showed it.
func (p *process) died(err error) error {
	said := p.stderr.String()
	select {
	case <-p.ended:
	default:
		return err
	}
	if p.cmd.ProcessState != nil && p.cmd.ProcessState.ExitCode() == noProfile {
		return &fs.PathError{Op: "making the profile folder", Path: p.profile, Err: errors.New(said)}
	}
	if said != "" {
		return fmt.Errorf("%w; it said: %s", err, said)
	}
	return err
}

func start(opts Options, profile string) (*process, error) {
	var files []*os.File
	closeAll := func() {
		for _, f := range files {
			_ = f.Close()
		}
	}
	var ends [6]*os.File
	for i := range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll()
			return nil, fmt.Errorf("making a pipe to the browser: %w", err)
		}
		files = append(files, r, w)
		ends[2*i], ends[2*i+1] = r, w
	}
	args := append([]string{"-c", guardian, "billagent-guardian", profile, opts.Binary.Path}, flags(opts, profile)...)
	cmd := exec.Command("/bin/sh", args...)
	cmd.ExtraFiles = []*os.File{ends[0], ends[3], ends[4]} // 3: commands in, 4: answers out, 5: life line
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}   // a Ctrl-C at the terminal is for us, not for the browser
	p := &process{cmd: cmd, lifeline: ends[5], profile: profile, stderr: &tail{}, ended: make(chan struct{}),
		pipe: &pipe{out: ends[1], in: bufio.NewReaderSize(ends[2], 1<<16)}, closers: []io.Closer{ends[1], ends[2]}}
	cmd.Stderr = p.stderr
	cmd.Env = environment(profile)
	cmd.WaitDelay = time.Second // a helper of the browser that outlives it must not hold us up
	if err := cmd.Start(); err != nil {
		closeAll()
		return nil, fmt.Errorf("starting %s: %w", opts.Binary.Path, err)
	}
	for _, f := range cmd.ExtraFiles {
		_ = f.Close()
	}
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // how it ended is told by what it printed
	}()
	return p, nil
}

// socketRoom is what a full browser adds to its temporary folder for a socket; a socket's path holds at most 107 bytes.
const socketRoom = len("/org.chromium.Chromium.XXXXXX/SingletonSocket")

// environment is ours without what might be secret: a browser needs little. Its temporary files go into the
// profile, since a full browser that is killed leaves them.
func environment(profile string) []string {
	var env []string
	if len(profile)+socketRoom <= 107 {
		env = append(env, "TMPDIR="+profile)
	} else if dir, ok := os.LookupEnv("TMPDIR"); ok {
		env = append(env, "TMPDIR="+dir)
	}
	for _, k := range []string{"PATH", "HOME", "LANG", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "FONTCONFIG_PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"} {
		if v, ok := os.LookupEnv(k); ok {
			env = append(env, k+"="+v)
		}
	}
	return env
}

// stop closes the life line and waits until the guardian has ended the browser and removed the profile folder.
func (p *process) stop(ctx context.Context) error {
	var err error
	p.once.Do(func() {
		_ = p.lifeline.Close() // the guardian ends the browser now
		select {
		case <-p.ended:
		case <-ctx.Done():
			err = fmt.Errorf("ending the browser: %w", ctx.Err())
			_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		}
		for _, c := range p.closers {
			_ = c.Close()
		}
		if rm := os.RemoveAll(p.profile); rm != nil {
			err = errors.Join(err, fmt.Errorf("removing the profile folder: %w", rm))
		}
	})
	return err
}

// sweep removes profile folders whose guardian was killed too, for example by a power cut. A folder in use holds the
// process id of its guardian.
func sweep(dir string) {
	found, err := filepath.Glob(filepath.Join(dir, profilePrefix+"*"))
	if err != nil {
		return
	}
	for _, f := range found {
		info, err := os.Lstat(f)
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		var pid int
		data, err := os.ReadFile(filepath.Join(f, "guardian.pid"))
		if err == nil {
			_, err = fmt.Sscan(string(data), &pid)
		}
		if err != nil || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(f) // another user's folder stays: we may not remove it
		}
	}
}

// tail keeps the last of what a browser prints, for the error that says why it did not start.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if len(t.buf) > 4096 {
		t.buf = t.buf[len(t.buf)-4096:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.buf))
}
