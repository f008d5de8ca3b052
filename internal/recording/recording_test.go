package recording

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// TestNastyRecordings reads files each of which is named by what is wrong with it.
func TestNastyRecordings(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"no-json":                        "no JSON",
		"json-behind-json":               "something follows",
		"cut-off":                        "ends too early",
		"nested-without-end":             "deep in each other",
		"key-given-twice":                `"value" is there twice`,
		"key-in-other-case":              "type is missing",
		"no-steps":                       "it has 0 steps",
		"steps-are-an-object":            "steps: a value of another type",
		"title-is-a-number":              "title: a value of another type",
		"unknown-key-at-the-top":         `unknown key "author"`,
		"unknown-type":                   `step 2: there is no type "swipe"`,
		"unknown-key-in-a-step":          `step 1 (navigate): unknown key "selectors"`,
		"timeout-zero":                   "step 1 (close): timeout is 0",
		"timeout-too-long":               "step 1 (close): timeout is 30001",
		"timeout-is-a-text":              "step 1 (close): timeout: a value of another type",
		"timeout-of-all-negative":        "timeout is -1",
		"value-is-a-number":              "step 1 (change): value: a value of another type",
		"value-is-null":                  "step 1 (change): value: it is null",
		"selectors-empty":                "step 1 (hover): selectors: there is none",
		"selectors-of-nothing":           "step 1 (hover): selectors: one is empty",
		"selectors-nested-twice":         "a selector is a text or a list of texts",
		"no-selectors":                   "step 1 (click): selectors is missing",
		"frame-negative":                 "frame: a place is not negative",
		"frame-is-a-fraction":            "step 1 (hover): frame",
		"event-of-another-type":          "an event is of type navigation",
		"operator-unknown":               "operator is none of >=, ==, <=",
		"button-unknown":                 "button is none of",
		"count-negative":                 "count is negative",
		"attribute-is-no-text":           "attributes: a is no text",
		"address-relative":               "url is no absolute address",
		"password-where-a-number-should": "step 1 (click): offsetX: a value of another type",
	}
	files, err := filepath.Glob("testdata/nasty/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(want))
	for _, f := range files {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		_, err = Parse(data)
		require.Error(t, err, name)
		assert.ErrorContains(t, err, want[name], name)
		assert.NotContains(t, err.Error(), "hunter2", name)
	}
}

func TestTooLongRecordings(t *testing.T) {
	t.Parallel()
	_, err := Parse(make([]byte, MostBytes+1))
	require.ErrorContains(t, err, "more than")
	_, err = Parse([]byte(`{"title":"t","steps":[` + strings.Repeat(`{"type":"close"},`, mostSteps) + `{"type":"close"}]}`))
	require.ErrorContains(t, err, "may have 1 to")
}

func TestWhatIsReadIsWrittenAgain(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/every-step.json")
	require.NoError(t, err)
	r, err := Parse(data)
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, s := range r.Steps {
		seen[s.Type] = true
	}
	assert.Len(t, seen, len(kinds), "every type of steps is in the file")
	text, err := r.Text()
	require.NoError(t, err)
	again, err := Parse(text)
	require.NoError(t, err, string(text))
	assert.Equal(t, r, again)
}

func TestSelectorsOfEveryPrefix(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`#save`:                                  `css=#save`,
		`css/#save`:                              `css=#save`,
		`pierce/#save`:                           `css=#save`,
		`[data-testid="save"]`:                   `testid=save`,
		`[data-test='save']`:                     `testid=save`,
		`pierce/[data-test-id=save]`:             `testid=save`,
		`div > [data-testid="save"]`:             `css=div > [data-testid="save"]`,
		`input[placeholder="Search"]`:            `placeholder=Search`,
		`xpath///*[@id="save"]`:                  `xpath=//*[@id="save"]`,
		`xpath//html/body/button[2]`:             `xpath=/html/body/button[2]`,
		`text/Save`:                              `text=Save`,
		`text/  Save   all `:                     `text=Save all`,
		`aria/Save[role="button"]`:               `role=button name=Save`,
		`aria/Save [role='button']`:              `role=button name=Save`,
		`aria/[role="option"]`:                   `role=option`,
		`aria/[name="a [b] \"c\""][role="link"]`: `role=link name=a [b] "c"`,
		`aria/Save`:                              ``,
	} {
		got, err := parseSelector(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got.Candidate.String(), text)
	}
	for text, why := range map[string]string{
		``:                         "CSS",
		`a:has-nothing(`:           "CSS",
		`::-p-text(Save)`:          "CSS",
		`a >>> b`:                  "CSS",
		`xpath///[`:                "XPath",
		`text/  `:                  "empty",
		`aria/`:                    "neither",
		`aria/Save[level="2"]`:     "no attribute level",
		`aria/Save[role="Static"]`: "no role",
		`#a${b`:                    "stands for an input",
		`text/costs ${1}`:          "stands for an input",
	} {
		_, err := parseSelector(text)
		require.ErrorContains(t, err, why, text)
	}
}

func TestFieldsForSecretsAreRecognised(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`#password`: passwordSecret, `input[type="password"]`: passwordSecret, `aria/Passwort`: passwordSecret, `#userPwd`: passwordSecret,
		`aria/API key`: passwordSecret, `#accessToken`: passwordSecret, `[autocomplete="one-time-code"]`: codeSecret, `aria/Verification code`: codeSecret,
		`#otp`: codeSecret, `#totpInput`: codeSecret, `#pin`: codeSecret, `[name=mfa_code]`: codeSecret, `aria/Code`: codeSecret,
		`aria/ZIP code`: "", `#countryCode`: "", `#passenger`: "", `#spinner`: "", `aria/Email address`: "", `#compass`: "", `[name=postal-code]`: "",
	} {
		assert.Equal(t, want, secretOf(text), text)
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.json")
	require.NoError(f, err)
	more, err := filepath.Glob("testdata/*.json")
	require.NoError(f, err)
	for _, file := range append(files, more...) {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse(data)
		if err != nil {
			return
		}
		text, err := r.Text()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		d, err := Import(r, Options{Flow: "recorded", Layout: "neo3", App: "bill", Inputs: map[string]string{"email": "ann@acme.example"}, Standalone: true})
		if err != nil {
			return
		}
		readable(t, d)
	})
}

// readable makes sure that a draft is YAML that says what was meant.
func readable(t *testing.T, d *Draft) {
	t.Helper()
	var flow struct{ Steps []any }
	if err := yaml.Unmarshal([]byte(d.FlowText()), &flow); err != nil {
		t.Fatalf("%v\n%s", err, d.FlowText())
	}
	got, err := json.Marshal(flow.Steps)
	require.NoError(t, err)
	var want []any
	for _, s := range asJSON(t, d.Flow.Steps) {
		var v any
		require.NoError(t, json.Unmarshal([]byte(s), &v))
		want = append(want, v)
	}
	meant, err := json.Marshal(want)
	require.NoError(t, err)
	assert.Equal(t, string(meant), string(got), d.FlowText())
	targets := map[string]selectors.Spec{}
	var read map[string]any
	if err := yaml.Unmarshal([]byte(TargetsText(d.Targets, "")), &read); err != nil {
		t.Fatalf("%v\n%s", err, TargetsText(d.Targets, ""))
	}
	data, err := json.Marshal(read)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &targets))
	for _, n := range d.Targets {
		assert.Equal(t, n.Spec, targets[n.Name], TargetsText(d.Targets, ""))
	}
}

func FuzzStorageState(f *testing.F) {
	f.Add([]byte(`{"cookies":[{"name":"a","value":"b","domain":".bill.com","path":"/","expires":-1,"httpOnly":true,"secure":true,"sameSite":"Lax"}],"origins":[{"origin":"https://a.bill.com","localStorage":[]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, _, err := ParseStorageState(data)
		if err != nil {
			return
		}
		text, err := s.Text()
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Cookies) > 0 {
			if _, _, err := ParseStorageState(text); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
		}
	})
}
