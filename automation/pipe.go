package automation

import (
	"bufio"
	"bytes"
	"io"
	"sync"
)

// pipe carries protocol messages over --remote-debugging-pipe: JSON texts, each ended by a zero byte. Unlike a
// debugging port, no other process on the machine can reach it.
type pipe struct {
	mu  sync.Mutex
	out io.Writer
	in  *bufio.Reader
}

// Send writes one message. It is safe to call from several goroutines.
func (p *pipe) Send(data []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.out.Write(append(data[:len(data):len(data)], 0))
	return err
}

// Read returns the next message.
func (p *pipe) Read() ([]byte, error) {
	data, err := p.in.ReadBytes(0)
	if err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(data, []byte{0}), nil
}
