package automation

import (
	"encoding/base64"
	"testing"

	"github.com/go-rod/rod/lib/proto"
	"github.com/stretchr/testify/assert"
)

// TestWhatASocketMessageSays reads messages as the browser tells of them: text as it is, anything else in base64.
func TestWhatASocketMessageSays(t *testing.T) {
	t.Parallel()
	packed := string([]byte{0x81, 0xa2, 0xff, 0x00, 0x17})
	sent := func(opcode float64, payload string) Unheld {
		return frameSent(proto.NetworkWebSocketFrameSent{Response: &proto.NetworkWebSocketFrame{Opcode: opcode, PayloadData: payload}})
	}
	base := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, c := range map[string]struct {
		got  Unheld
		text string
		dark bool
	}{
		"text":                     {sent(1, `{"id":7}`), `{"id":7}`, false},
		"text in a binary message": {sent(2, base(`{"id":7}`)), `{"id":7}`, false},
		"packed":                   {sent(2, base(packed)), packed, true},
		"the rest of a message":    {sent(0, base("ann")), "ann", false},
		"a control sign in a text": {sent(1, "a\x01"), "a\x01", false},
		"nothing said of it":       {frameSent(proto.NetworkWebSocketFrameSent{}), "", false},
		"a WebTransport":           {Unheld{How: ByTransport, Text: "https://app.example/t?x=1"}, "https://app.example/t?x=1", true},
	} {
		assert.Equal(t, c.text, c.got.Text, name)
		assert.Equal(t, c.dark, c.got.Dark(), name)
	}
	assert.Equal(t, "a binary message on a WebSocket of 5 bytes", sent(2, base(packed)).String())
	assert.Equal(t, "a WebTransport of https://app.example/t", Unheld{How: ByTransport, Text: "https://app.example/t?x=1"}.String())
}
