package monitoring

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const deploy = "../../fixtures/deploy/"

var (
	describes = regexp.MustCompile(`fqName: "([^"]+)".*variableLabels: \{([^}]*)\}`)
	named     = regexp.MustCompile(`\b((?:billagent|process)_[a-z_]+)(?:\{([^}]*)\})?`)
	label     = regexp.MustCompile(`([a-z]+)\s*(?:=|!=|=~|!~)`)
	template  = regexp.MustCompile(`\{\{ ?(?:\$labels\.)?([a-z]+) ?\}\}`)
	grouped   = regexp.MustCompile(`by \(([a-z, ]+)\)`)
)

// metrics are the names of what is told, with their labels.
func metrics(t *testing.T) map[string][]string {
	t.Helper()
	s := service.New(&config.Config{State: filepath.Join(t.TempDir(), "state")}, service.Options{})
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	all := make(chan *prometheus.Desc, 1000)
	New(s, func() bool { return true }).registry.Describe(all)
	close(all)
	out := map[string][]string{}
	for d := range all {
		found := describes.FindStringSubmatch(d.String())
		require.NotNil(t, found, d.String())
		out[found[1]] = strings.FieldsFunc(found[2], func(r rune) bool { return r == ',' || r == ' ' })
	}
	require.Contains(t, out, "billagent_operations_total")
	return out
}

// holds says that an expression names only metrics that there are, with labels that they have.
func holds(t *testing.T, known map[string][]string, expression, legend string) {
	t.Helper()
	found := named.FindAllStringSubmatch(expression, -1)
	var labels []string
	for _, m := range found {
		name := m[1]
		for _, suffix := range []string{"_bucket", "_count", "_sum"} {
			if base, ok := strings.CutSuffix(name, suffix); ok && known[name] == nil {
				name = base
				labels = append(labels, "le")
			}
		}
		of, ok := known[name]
		assert.True(t, ok, "%s: nothing is called %s", expression, name)
		labels = append(labels, of...)
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			assert.True(t, l[1] == "job" || slices.Contains(append(of, "le"), l[1]), "%s: %s has no label %s", expression, name, l[1])
		}
	}
	for _, m := range grouped.FindAllStringSubmatch(expression, -1) {
		for l := range strings.SplitSeq(m[1], ",") {
			assert.Contains(t, labels, strings.TrimSpace(l), expression)
		}
	}
	for _, m := range template.FindAllStringSubmatch(legend, -1) {
		assert.Contains(t, append(labels, "instance", "job"), m[1], "%s: %s", expression, legend)
	}
}

// TestTheDashboardShowsWhatIsTold holds the names in the dashboard against those of the metrics, and finds each
// metric of ours on it.
func TestTheDashboardShowsWhatIsTold(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(deploy + "dashboard.json")
	require.NoError(t, err)
	var d struct {
		UID    string
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	require.NoError(t, json.Unmarshal(data, &d))
	known, ids := metrics(t), map[int]bool{}
	require.Greater(t, len(d.Panels), 10)
	for _, p := range d.Panels {
		assert.False(t, ids[p.ID], "%s: its id stands twice", p.Title)
		ids[p.ID] = true
		assert.LessOrEqual(t, p.GridPos.X+p.GridPos.W, 24, p.Title)
		require.NotEmpty(t, p.Targets, p.Title)
		for _, to := range p.Targets {
			holds(t, known, to.Expr, to.LegendFormat)
		}
	}
	for name := range known {
		if strings.HasPrefix(name, "billagent_") && name != "billagent_saved_sessions" {
			assert.Contains(t, string(data), name, "the dashboard shows it")
		}
	}
}

// TestTheAlertRulesAreOfWhatIsTold holds the names in the rules against those of the metrics. That the rules say
// what they should is tested by alerts.test.yaml beside them, with Prometheus' own promtool.
func TestTheAlertRulesAreOfWhatIsTold(t *testing.T) {
	t.Parallel()
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	strictly(t, "alerts.yaml", &rules)
	tested, err := os.ReadFile(deploy + "alerts.test.yaml")
	require.NoError(t, err)
	known := metrics(t)
	require.Len(t, rules.Groups, 1)
	for _, r := range rules.Groups[0].Rules {
		holds(t, known, r.Expr, r.Annotations["summary"][:0])
		assert.Contains(t, []string{"critical", "warning"}, r.Labels["severity"], r.Alert)
		assert.NotEmpty(t, r.Annotations["summary"], r.Alert)
		assert.NotEmpty(t, r.Annotations["description"], r.Alert)
		assert.Equal(t, 2, strings.Count(string(tested), "alertname: "+r.Alert), "%s: it is tested both ways", r.Alert)
	}
}

// strictly reads a YAML file of which every key is known.
func strictly(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(deploy + name)
	require.NoError(t, err)
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	require.NoError(t, d.Decode(into), name)
}

// TestWhatIsDeployedKeepsTheSandboxAndItsBounds reads the unit, the compose file and the manifest: nobody is root,
// nothing is allowed that is not needed, a stop is given the time that it may need, and the configuration in the
// manifest is right.
func TestWhatIsDeployedKeepsTheSandboxAndItsBounds(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		data, err := os.ReadFile(deploy + name)
		require.NoError(t, err)
		return string(data)
	}
	for name, wants := range map[string][]string{
		"billagent.service": {"Type=notify", "WatchdogSec=60", "User=billagent", "KillMode=mixed", "TimeoutStopSec=4min", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n", "RestrictNamespaces=user pid net"},
		"compose.yaml":      {"read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "seccomp=seccomp.json", "stop_grace_period: 4m"},
		"kubernetes.yaml": {"runAsNonRoot: true", "runAsUser: 10001", "readOnlyRootFilesystem: true", "drop: [ALL]", "allowPrivilegeEscalation: false", "terminationGracePeriodSeconds: 240",
			"type: Localhost", "enableServiceLinks: false"},
	} {
		for _, want := range wants {
			assert.Contains(t, read(name), want, name)
		}
		assert.NotContains(t, read(name), "SYS_ADMIN", name)
		assert.NotContains(t, read(name), "no-sandbox", name)
		assert.NotRegexp(t, `(?m)^(ProtectProc|ProcSubset)=`, read(name), "the journal tells by /proc who has ended")
	}
	var seccomp struct {
		DefaultAction string
		Syscalls      []struct {
			Names  []string
			Action string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(read("seccomp.json")), &seccomp))
	require.Len(t, seccomp.Syscalls, 1)
	for _, needed := range []string{"unshare", "clone", "clone3", "chroot"} { // by the browser's sandbox
		assert.NotContains(t, seccomp.Syscalls[0].Names, needed)
	}
	assert.True(t, slices.IsSorted(seccomp.Syscalls[0].Names))
	found := false
	for d := yaml.NewDecoder(strings.NewReader(read("kubernetes.yaml"))); ; {
		var object struct {
			Kind string
			Data map[string]string
		}
		err := d.Decode(&object)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if object.Kind == "ConfigMap" {
			found = true
			file := filepath.Join(t.TempDir(), "config.yaml")
			require.NoError(t, os.WriteFile(file, []byte(object.Data["config.yaml"]), 0o600))
			_, err := config.Load(config.Source{File: file})
			require.NoError(t, err)
			withPage := strings.NewReplacer("# web:", "web:", "#   ", "  ").Replace(object.Data["config.yaml"])
			require.NoError(t, os.WriteFile(file, []byte(withPage), 0o600))
			c, err := config.Load(config.Source{File: file})
			require.NoError(t, err)
			assert.NotEmpty(t, c.Web.Listen, "as its comments have it")
		}
	}
	assert.True(t, found)
}

// TestTheComposeFileHasADaemonThatCanBeReached loads what it configures, and follows what asks the daemon how it is.
func TestTheComposeFileHasADaemonThatCanBeReached(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(deploy + "compose.yaml")
	require.NoError(t, err)
	var file struct {
		Services map[string]struct {
			Environment map[string]string
			Ports       []string
			Secrets     []string
			Command     []string
			Healthcheck struct{ Test []string }
		}
	}
	require.NoError(t, yaml.Unmarshal(data, &file))
	d := file.Services["daemon"]
	var environ []string
	for name, value := range d.Environment {
		environ = append(environ, name+"="+value)
		if secret, ok := strings.CutPrefix(value, "file:/run/secrets/"); ok {
			assert.Contains(t, d.Secrets, secret)
		}
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(path, []byte("operators: {ann: {email: ann@acme.example, token: 'sha256:"+strings.Repeat("0", 64)+"'}}\n"), 0o600))
	c, err := config.Load(config.Source{File: path, Environ: environ})
	require.NoError(t, err)
	assert.NotContains(t, d.Command, "--listen", "it would go over the address below")
	for _, listen := range []string{c.Monitoring.Listen, c.Web.Listen} {
		host, port, err := net.SplitHostPort(listen)
		require.NoError(t, err)
		assert.Equal(t, "0.0.0.0", host, "otherwise nobody outside of the container reaches it")
		assert.Contains(t, d.Ports, "127.0.0.1:"+port+":"+port)
	}
	_, port, _ := net.SplitHostPort(c.Monitoring.Listen)
	assert.Contains(t, d.Healthcheck.Test, "https://127.0.0.1:"+port+"/healthz")
	image, err := os.ReadFile("../../Dockerfile")
	require.NoError(t, err)
	assert.Contains(t, string(image), " "+d.Healthcheck.Test[1]+" ")
	assert.NotContains(t, string(image), "\nHEALTHCHECK", "what is no daemon would be healthy or not by chance")
}
