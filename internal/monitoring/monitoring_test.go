package monitoring_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/monitoring"
	"github.com/billagent/billagent/internal/secret"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func asked(t *testing.T, m *monitoring.Monitor, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

func TestWhatIsNotWellSaysSo(t *testing.T) {
	t.Parallel()
	s := service.New(&config.Config{State: filepath.Join(t.TempDir(), "state")}, service.Options{})
	_, err := s.Agenda(t.Context()) // as a daemon does: opening the journal may take longer than a request waits
	require.NoError(t, err)
	alive := true
	m := monitoring.New(s, func() bool { return alive })
	assert.Equal(t, 200, asked(t, m, "/healthz").Code)
	assert.Equal(t, 200, asked(t, m, "/readyz").Code)
	alive = false
	assert.Equal(t, 503, asked(t, m, "/healthz").Code)
	assert.Contains(t, asked(t, m, "/metrics").Body.String(), "billagent_journal_readable 1")
	require.NoError(t, s.Close())
	assert.Equal(t, 503, asked(t, m, "/readyz").Code)
	metrics := asked(t, m, "/metrics")
	assert.Equal(t, 200, metrics.Code)
	assert.Contains(t, metrics.Body.String(), "billagent_journal_readable 0")
}

func TestNoMetricNamesAnybody(t *testing.T) {
	t.Parallel()
	s := service.New(&config.Config{State: filepath.Join(t.TempDir(), "state")}, service.Options{})
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	m := monitoring.New(s, func() bool { return true })
	m.Tell(event.Scheduled{Tenant: "acme-corp", Schedule: "s", Email: "ann@acme.example", What: "ended", Late: time.Second,
		Result: userops.Result{Op: "o", Action: userops.Deactivate, Email: "ann@acme.example", Outcome: userops.Unknown, Reason: "of ann@acme.example", TookMS: 1500}})
	m.Tell(event.Scheduled{Tenant: "acme-corp", What: "parked", Result: userops.Result{Action: userops.Deactivate, Outcome: userops.Refused}}) // nothing was begun
	m.Tell(event.Recurred{Name: "nightly", Tenant: "acme-corp", What: config.Reconcile, Code: "still_has_access", Detail: "ann@acme.example"})
	body := asked(t, m, "/metrics").Body.String()
	assert.Contains(t, body, `billagent_operations_total{action="deactivate",outcome="unknown"} 1`)
	assert.Contains(t, body, `billagent_operation_duration_seconds_sum{action="deactivate",outcome="unknown"} 1.5`)
	assert.Contains(t, body, `billagent_operations_total{action="deactivate",outcome="refused"} 0`)
	assert.Contains(t, body, `billagent_recurring_total{result="needs_person",what="reconcile"} 1`)
	assert.Contains(t, body, `billagent_recurring_total{result="well",what="doctor"} 0`)
	assert.NotContains(t, body, "ann@")
	assert.NotContains(t, body, "acme")
}

func TestOthersReachItOverTLSOnly(t *testing.T) {
	t.Parallel()
	_, err := monitoring.Listen(t.Context(), config.Monitoring{Listen: "0.0.0.0:0"})
	require.ErrorIs(t, err, config.ErrInvalid)
	assert.Contains(t, err.Error(), "others can reach")

	certificate, key, pool := pair(t)
	l, err := monitoring.Listen(t.Context(), config.Monitoring{Listen: "127.0.0.1:0", Certificate: certificate, Key: key})
	require.NoError(t, err)
	s := service.New(&config.Config{State: filepath.Join(t.TempDir(), "state")}, service.Options{})
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		monitoring.New(s, func() bool { return true }).Serve(ctx, l, slog.New(slog.DiscardHandler))
	}()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	answer, err := client.Get("https://" + l.Addr().String() + "/healthz")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, 200, answer.StatusCode)
	cancel()
	<-done
	_, err = client.Get("https://" + l.Addr().String() + "/healthz")
	require.Error(t, err)
}

// pair makes a certificate for 127.0.0.1 and its key.
func pair(t *testing.T) (certificate, key secret.Ref, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, form, form, private.Public(), private)
	require.NoError(t, err)
	made, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool = x509.NewCertPool()
	pool.AddCert(made)
	inside, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	dir := t.TempDir()
	write := func(name, kind string, data []byte) secret.Ref {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600))
		return secret.Ref("file:" + file)
	}
	return write("c.pem", "CERTIFICATE", der), write("k.pem", "PRIVATE KEY", inside), pool
}
