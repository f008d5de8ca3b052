package remote_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/internal/remote"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { os.Exit(automationtest.Main(m)) }

func open(t *testing.T) *remote.View {
	t.Helper()
	v, err := remote.Open("127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, v.Close()) })
	return v
}

// asked is the status of an answer.
func asked(t *testing.T, c *http.Client, method, address, body string, with func(r *http.Request)) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	if with != nil {
		with(r)
	}
	res, err := c.Do(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res.StatusCode
}

// TestOneBrowserIsAdmittedOnce holds the view against those who are not to see it.
func TestOneBrowserIsAdmittedOnce(t *testing.T) {
	t.Parallel()
	v := open(t)
	root := v.Address()[:strings.Index(v.Address(), "?")]
	nobody := func(*http.Request) {}
	assert.Equal(t, http.StatusForbidden, asked(t, http.DefaultClient, http.MethodGet, root+"?token=wrong", "", nobody))
	assert.Equal(t, http.StatusMethodNotAllowed, asked(t, http.DefaultClient, http.MethodHead, v.Address(), "", nobody), "it does not use the token up")
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	admitted := &http.Client{Jar: jar}
	for name, with := range map[string]func(r *http.Request){
		"a name that leads here": func(r *http.Request) { r.Host = "evil.example" },
		"another site":           func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
	} {
		assert.Equal(t, http.StatusForbidden, asked(t, admitted, http.MethodGet, v.Address(), "", with), name)
	}
	var where string
	admitted.CheckRedirect = func(r *http.Request, _ []*http.Request) error { where = r.URL.String(); return nil }
	require.Equal(t, http.StatusOK, asked(t, admitted, http.MethodGet, v.Address(), "", nobody))
	assert.NotContains(t, where, "token", "it does not stay in the address")
	assert.Equal(t, http.StatusOK, asked(t, admitted, http.MethodGet, where+"state", "", nobody))
	assert.Equal(t, http.StatusForbidden, asked(t, &http.Client{}, http.MethodGet, v.Address(), "", nobody), "it is good for one browser")
	assert.Equal(t, http.StatusForbidden, asked(t, &http.Client{}, http.MethodGet, where+"state", "", nobody), "the place alone admits nobody")
	assert.Equal(t, http.StatusForbidden, asked(t, admitted, http.MethodPost, where+"motions", "[]", nobody), "it is sent from nowhere")
	ours := func(r *http.Request) { r.Header.Set("Origin", strings.TrimSuffix(root, "/")) }
	assert.Equal(t, http.StatusServiceUnavailable, asked(t, admitted, http.MethodPost, where+"motions", "[]", ours), "no page is shown")
}

func TestOnlyThisMachineIsListenedTo(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "example.com:0", "127.0.0.1"} {
		_, err := remote.Open(address)
		assert.Error(t, err, address)
	}
}

const asking = `<!doctype html><title>Code</title><style>body{margin:60px;font:20px sans-serif}input,button{font:inherit;padding:14px}</style>
<form method="post"><label>Code <input name="code" type="password" style="position:absolute;left:300px;top:200px;width:300px;height:60px"></label>
<button style="position:absolute;left:300px;top:300px;width:300px;height:60px">Go on</button></form>`

// TestAPersonUsesAPageElsewhere has one browser show its page in another, where it is typed into and pressed.
func TestAPersonUsesAPageElsewhere(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			got <- r.FormValue("code")
			return
		}
		fmt.Fprint(w, asking)
	}))
	t.Cleanup(srv.Close)
	b := automationtest.Take(t, false, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	page := func(address string) *automation.Page {
		s, err := b.NewSession(ctx, []string{"127.0.0.1"})
		require.NoError(t, err)
		p, err := s.NewPage(ctx)
		require.NoError(t, err)
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			require.NoError(t, s.Close(ctx))
		})
		require.NoError(t, p.Open(ctx, address))
		return p
	}
	v := open(t)
	shown := page(srv.URL)
	require.NoError(t, v.Show(ctx, shown, func(ctx context.Context) error {
		viewer := page(v.Address())
		picture := &selectors.Target{Name: "the picture", Candidates: []selectors.Candidate{{CSS: "#picture"}}}
		hand, stop, err := viewer.Cast(ctx)
		require.NoError(t, err)
		defer stop()
		var box automation.Box
		require.Eventually(t, func() bool { // the view says what it shows
			seen, err := viewer.Examine(ctx, picture, nil)
			if err != nil || len(seen.Boxes) != 1 {
				return false
			}
			box = seen.Boxes[0]
			says, err := viewer.Read(ctx, &selectors.Target{Name: "where", Candidates: []selectors.Candidate{{CSS: "#where"}}}, "")
			return err == nil && says != ""
		}, 15*time.Second, 50*time.Millisecond)
		do := func(m automation.Motion) { require.NoError(t, hand.Do(ctx, m)) }
		click := func(x, y float64) {
			at := automation.Motion{X: box.X + x*box.W/1280, Y: box.Y + y*box.W/1280, Count: 1}
			for _, at.Kind = range []string{"move", "down", "up"} {
				do(at)
			}
		}
		click(450, 230)
		for _, sign := range "7fQ!9" {
			do(automation.Motion{Kind: "keydown", Key: string(sign), Text: string(sign)})
			do(automation.Motion{Kind: "keyup", Key: string(sign)})
		}
		look(t, viewer, "remote")
		click(450, 330)
		select {
		case typed := <-got:
			assert.Equal(t, "7fQ!9", typed)
		case <-ctx.Done():
			look(t, viewer, "remote-failed")
			t.Error("nothing was sent")
		}
		return nil
	}))
}

// look keeps pictures for a person to look at, in the folder that TEST_PICTURES names: at two sizes, in light and in
// dark.
func look(t *testing.T, p *automation.Page, name string) {
	t.Helper()
	dir := os.Getenv("TEST_PICTURES")
	if dir == "" {
		return
	}
	for _, width := range []int{520, 1280} {
		for _, scheme := range []string{"dark", "light"} {
			require.NoError(t, p.Window(t.Context(), width, 800, scheme))
			time.Sleep(time.Second) // a person looks at what has been drawn
			picture, err := p.Screenshot(t.Context(), automation.Masking{})
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), picture, 0o600))
		}
	}
	require.NoError(t, p.Window(t.Context(), 0, 0, ""))
}
