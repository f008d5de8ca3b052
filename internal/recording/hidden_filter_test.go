package recording

import (
	"reflect"
	"testing"
	"unicode/utf16"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
)

// TestNoFilterSaysASecret has a control say what was typed as a secret.
func TestNoFilterSaysASecret(t *testing.T) {
	t.Parallel()
	const secret = "Tr0ub4dor"
	take := &Take{}
	take.Add(automation.Gesture{ID: "s", Kind: automation.GestureSecret, Of: "field", Salt: "1", Length: len(secret), Value: mixed(utf16.Encode([]rune("1" + secret))), Secret: "password"})
	take.Add(automation.Gesture{ID: "l", Kind: automation.GestureList, On: &automation.Sketch{}, Filters: []automation.ShownFilter{
		{On: &automation.Sketch{Name: secret, Text: secret, Said: "button " + secret}, Says: secret, Is: "says"},
	}})
	f := take.gestures[0].Filters[0]
	assert.Equal(t, [4]string{}, [4]string{f.Says, f.On.Name, f.On.Text, f.On.Said})
}

// TestNoFingerprintKeepsASecret has a page repeat a secret wherever an element may say it.
func TestNoFingerprintKeepsASecret(t *testing.T) {
	t.Parallel()
	const secret = "Tr0ub4dor"
	take := &Take{}
	take.Add(automation.Gesture{ID: "s", Kind: automation.GestureSecret, Of: "field", Salt: "1", Length: len(secret), Value: mixed(utf16.Encode([]rune("1" + secret))), Secret: "password"})
	var looks selectors.Fingerprint
	fields := reflect.ValueOf(&looks).Elem()
	for i := range fields.NumField() {
		if f := fields.Field(i); f.Kind() == reflect.String {
			f.SetString(secret)
		}
	}
	_, kept := take.withoutSecrets(nil, looks)
	assert.Equal(t, selectors.Fingerprint{Tag: secret, Role: secret, Type: secret, Path: secret}, kept, "which are not the page's words")
}
