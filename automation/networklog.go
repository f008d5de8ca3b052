package automation

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-rod/rod/lib/proto"
	"google.golang.org/protobuf/encoding/protowire"
)

// networkLog asks for the browser's network log from its network process alone. A trace of all processes begins only when
// each of them has answered. The process of a page that is being closed never answers, and the browser then waits ten
// seconds for it, at this trace and at each later one. Where no network process is found, the trace is of all processes.
func (b *Browser) networkLog(ctx context.Context) proto.TracingStart {
	start := proto.TracingStart{TransferMode: proto.TracingStartTransferModeReportEvents}
	all, err := proto.SystemInfoGetProcessInfo{}.Call(b.scope(ctx))
	if err == nil {
		for _, p := range all.ProcessInfo {
			if strings.Contains(p.Type, "NetworkService") {
				start.PerfettoConfig = traceOf(p.ID)
				return start
			}
		}
	}
	start.TraceConfig = &proto.TracingTraceConfig{IncludedCategories: []string{"netlog", traceCategory}, ExcludedCategories: []string{"*"}}
	return start
}

// Field numbers of Perfetto's trace_config.proto, data_source_config.proto, chrome_config.proto and
// track_event_config.proto, and how a process is named there by Chromium.
const (
	configBuffers    = 1
	bufferSize       = 1 // kB
	bufferFull       = 4 // what happens when it is full
	configSources    = 2
	sourceConfig     = 1
	sourceProducer   = 2
	sourceName       = 1
	sourceChrome     = 101
	sourceEvents     = 113
	chromeCategories = 1 // as JSON
	chromeJSON       = 3 // whether the trace is given as JSON
	eventsDisabled   = 1
	eventsEnabled    = 2
	producerPrefix   = "org.chromium-"
	discard          = 2 // nothing more is taken, and the end of the trace says so
)

// logSize is how much of a log is kept, in kB. A request takes 5, and the log is of all that the browser asks for.
const logSize = 64 << 10

// traceOf is the configuration of a trace of the network log of one process.
func traceOf(pid int) []byte {
	text := func(to []byte, field protowire.Number, s string) []byte {
		return protowire.AppendString(protowire.AppendTag(to, field, protowire.BytesType), s)
	}
	number := func(to []byte, field protowire.Number, n uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(to, field, protowire.VarintType), n)
	}
	chrome := text(nil, chromeCategories, `{"included_categories":["netlog","`+traceCategory+`"],"excluded_categories":["*"]}`)
	chrome = number(chrome, chromeJSON, 1)
	events := text(text(text(nil, eventsDisabled, "*"), eventsEnabled, "netlog"), eventsEnabled, traceCategory)
	source := text(nil, sourceName, "track_event")
	source = text(text(source, sourceChrome, string(chrome)), sourceEvents, string(events))
	source = text(text(nil, sourceConfig, string(source)), sourceProducer, fmt.Sprint(producerPrefix, pid))
	buffer := number(number(nil, bufferSize, logSize), bufferFull, discard)
	return text(text(nil, configBuffers, string(buffer)), configSources, string(source))
}
