package browserinstall

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// index serves what Chrome for Testing publishes, with one archive of the given files.
func index(t *testing.T, files map[string]string) string {
	t.Helper()
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, text := range files {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.SetMode(0o755)
		w, err := z.CreateHeader(h)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	mux.HandleFunc("GET /index.json", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"channels":{"Stable":{"version":"156.0.1.2","downloads":{"chrome-headless-shell":[{"platform":"other","url":"x"},{"platform":%q,"url":"%s/shell.zip"}]}}}}`, platforms[runtime.GOOS+"/"+runtime.GOARCH], srv.URL)
	})
	mux.HandleFunc("GET /shell.zip", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(archive.Bytes()) })
	return srv.URL
}

func TestTheHeadlessShellIsUnpackedFromTheIndex(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	url := index(t, map[string]string{"chrome-headless-shell-linux64/chrome-headless-shell": "#!/bin/sh\necho Chromium 156\n", "chrome-headless-shell-linux64/icudtl.dat": "data"})
	var said []string
	o := Options{Index: url + "/index.json", Say: func(s string) { said = append(said, s) }}
	require.NoError(t, o.fromIndex(t.Context()))
	require.NoError(t, o.fromIndex(t.Context()), "installing again replaces it")
	found, err := filepath.Glob(filepath.Join(cache, "*", "browser", "156.0.1.2", "chrome-headless-shell-linux64", "chrome-headless-shell"))
	if len(found) == 0 {
		found, err = filepath.Glob(filepath.Join(cache, "*", "*", "browser", "156.0.1.2", "*", "chrome-headless-shell"))
	}
	require.NoError(t, err)
	require.Len(t, found, 1)
	info, err := os.Stat(found[0])
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&0o100, "it can be run")
	assert.Contains(t, fmt.Sprint(said), "156.0.1.2")
	left, err := os.ReadDir(filepath.Dir(filepath.Dir(filepath.Dir(found[0]))))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no half of a download is left")
}

func TestAnArchiveThatLeadsOutOfItsFolderIsRefused(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	url := index(t, map[string]string{"../../evil": "x"})
	o := Options{Index: url + "/index.json", Say: func(string) {}}
	require.ErrorContains(t, o.fromIndex(t.Context()), "leads out")
	assert.NoFileExists(t, filepath.Join(cache, "evil"))
}

func TestAnIndexThatCannotBeReadSaysSo(t *testing.T) {
	for says, path := range map[string]string{"404": "/nothing", "index": "/shell.zip"} {
		o := Options{Index: index(t, nil) + path, Say: func(string) {}}
		require.ErrorContains(t, o.fromIndex(t.Context()), says)
	}
}

func TestWhatIsThereIsUsed(t *testing.T) {
	var said []string
	b, err := Install(t.Context(), Options{Say: func(s string) { said = append(said, s) }})
	require.NoError(t, err)
	assert.NotEmpty(t, b.Path)
	assert.Contains(t, said[0], "there already")
}
