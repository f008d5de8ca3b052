package automation

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-rod/rod/lib/proto"
	"google.golang.org/protobuf/encoding/protowire"
)

// networkLog asks for the network log of the process alone that speaks to the network. A trace of every process begins
// once each of them has said so; the browser also waits for one that ended a moment ago, as a page does that was closed,
// for ten seconds, and from then on at each trace that it begins.
func (b *Browser) networkLog(ctx context.Context) (proto.TracingStart, error) {
	all, err := proto.SystemInfoGetProcessInfo{}.Call(b.scope(ctx))
	if err != nil {
		return proto.TracingStart{}, fmt.Errorf("looking for the browser's network process: %w", err)
	}
	start := proto.TracingStart{TransferMode: proto.TracingStartTransferModeReportEvents}
	for _, p := range all.ProcessInfo {
		if p.Type == "browser" && start.PerfettoConfig == nil || strings.Contains(p.Type, "NetworkService") {
			start.PerfettoConfig = traceOf(p.ID)
		}
	}
	return start, nil
}

// Field numbers of Perfetto's trace_config.proto, data_source_config.proto, chrome_config.proto and
// track_event_config.proto, and how a process is named there by Chromium.
const (
	configBuffers    = 1
	bufferSize       = 1 // kB
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
	logSize          = 4096 // kB: a commit takes some 100
)

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
	return text(text(nil, configBuffers, string(number(nil, bufferSize, logSize))), configSources, string(source))
}
