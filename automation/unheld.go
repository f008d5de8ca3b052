package automation

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-rod/rod/lib/proto"
)

// Unheld is something that left the browser and that no gate can hold.
type Unheld struct {
	How  Channel
	Text string // the message as it was sent, or the address
}

// Channel is a way that passes by every gate.
type Channel string

// The channels that are known to pass by. Each is told of after the fact.
const (
	BySocket      Channel = "a message on a WebSocket"
	ByBinary      Channel = "a binary message on a WebSocket"
	ByTransport   Channel = "a WebTransport" // whose messages nobody sees
	BySpeculation Channel = "a speculative load"
)

// Dark says that what was sent cannot be read, so that it may be about anybody.
func (u Unheld) Dark() bool {
	unreadable := func(r rune) bool { return !unicode.IsPrint(r) && !unicode.IsSpace(r) }
	return u.How == ByTransport || u.How == ByBinary && (!utf8.ValidString(u.Text) || strings.ContainsFunc(u.Text, unreadable))
}

// String says what it was, without what was in it.
func (u Unheld) String() string {
	switch u.How {
	case BySocket, ByBinary:
		return fmt.Sprintf("%s of %d bytes", u.How, len(u.Text))
	case ByTransport, BySpeculation:
		return fmt.Sprintf("%s of %s", u.How, WithoutQuery(u.Text))
	}
	return string(u.How)
}

// frameSent reads a message that was sent on a WebSocket. The browser gives one that is not text in base64 (RFC
// 6455, 5.2: opcode 2; 1 is text, 0 goes on with the one before).
func frameSent(e proto.NetworkWebSocketFrameSent) Unheld {
	if e.Response == nil {
		return Unheld{How: ByBinary}
	}
	if e.Response.Opcode == 1 {
		return Unheld{How: BySocket, Text: e.Response.PayloadData}
	}
	if plain, err := base64.StdEncoding.DecodeString(e.Response.PayloadData); err == nil {
		return Unheld{How: ByBinary, Text: string(plain)}
	}
	return Unheld{How: ByBinary, Text: e.Response.PayloadData}
}
