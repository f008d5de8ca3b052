package web

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"github.com/billagent/billagent/internal/config"
)

// tokenPrefix lets people, and programs that look for secrets in files, know a token.
const tokenPrefix = "billagent_"

// NewToken makes a token of 256 random bits, and its hash as the configuration has it. Since nobody can try so many
// tokens a hash without salt and of little work is enough; what is chosen by people would need another.
func NewToken() (token, hash string) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // it never fails: the program ends instead
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(b)
	return token, hashOf(token)
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// operator finds whose token it is. Each is compared, and in the same time whatever stands there.
func operator(all map[string]config.Operator, token string) (name string, found config.Operator, ok bool) {
	hash := []byte(hashOf(token))
	for n, o := range all {
		if subtle.ConstantTimeCompare(hash, []byte(o.Token)) == 1 {
			name, found, ok = n, o, true
		}
	}
	return name, found, ok
}

// cookieName is that of the session's cookie. With the prefix a browser takes it only over TLS, for this host and for
// all paths; without TLS it would take none with it.
func (s *Site) cookieName() string { return s.prefixed("billagent") }

func (s *Site) prefixed(name string) string {
	if s.secure() {
		return "__Host-" + name
	}
	return name
}

func (s *Site) setCookie(w http.ResponseWriter, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, Secure: s.secure(),
		HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// askToSignIn sends to the page for it, and back afterwards to what was asked for, if that only reads.
func (s *Site) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/progress" { // a script asks: it loads the page anew, which comes here
		http.Error(w, "sign in", http.StatusUnauthorized)
		return
	}
	to := "/sign-in"
	if r.Method == http.MethodGet && r.URL.RequestURI() != "/" {
		to += "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// localPath is where to go after a sign-in: only to a page of this site.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(u.Path, "//") || strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(u.Path, "/sign-") {
		return "/"
	}
	return u.RequestURI()
}

type signInView struct {
	frame
	Tokens, Provider bool
	Next             string
	Wrong            string // why it did not work
}

func (s *Site) signInView(next, wrong string) signInView {
	return signInView{frame: frame{Title: "Sign in"}, Tokens: len(s.Config.Operators) > 0, Provider: s.provider != nil,
		Next: localPath(next), Wrong: wrong}
}

func (s *Site) signInPage(w http.ResponseWriter, r *http.Request) {
	s.render(w, http.StatusOK, "signin", s.signInView(r.URL.Query().Get("next"), ""))
}

func (s *Site) signIn(w http.ResponseWriter, r *http.Request) {
	if !s.signIns.allow(r) {
		s.Log.Warn("somebody tries to sign in too often", "from", clientOf(r))
		s.tooMany(w)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, formBytes)
	if err := r.ParseForm(); err != nil {
		s.fail(w, nil, errForm)
		return
	}
	name, o, ok := operator(s.Config.Operators, strings.TrimSpace(r.PostForm.Get("token")))
	if !ok {
		s.Log.Warn("somebody could not sign in", "from", clientOf(r))
		view := s.signInView(r.PostForm.Get("next"), "That is not a token of anybody here.")
		s.render(w, http.StatusUnauthorized, "signin", view)
		return
	}
	s.Log.Info("signed in", "operator", name, "email", o.Email, "from", clientOf(r))
	s.letIn(w, r, o.Email, o.May, r.PostForm.Get("next"))
}

// letIn begins a session, in the place of the one that the browser had.
func (s *Site) letIn(w http.ResponseWriter, r *http.Request, email, may, next string) {
	if who, ok := s.sessions.use(r, s.cookieName(), false); ok {
		s.sessions.end(who.id)
	}
	s.setCookie(w, s.cookieName(), s.sessions.begin(email, may), int(s.Config.Web.Session.Seconds()))
	http.Redirect(w, r, localPath(next), http.StatusSeeOther)
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) {
	if who, ok := s.sessions.use(r, s.cookieName(), false); ok {
		s.sessions.end(who.id)
		s.Log.Info("signed out", "email", who.Email)
	}
	s.setCookie(w, s.cookieName(), "", -1)
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}
