package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The types of steps.
const (
	navigate          = "navigate"
	setViewport       = "setViewport"
	emulateNetwork    = "emulateNetworkConditions"
	click             = "click"
	doubleClick       = "doubleClick"
	hover             = "hover"
	change            = "change"
	keyDown           = "keyDown"
	keyUp             = "keyUp"
	scroll            = "scroll"
	waitForElement    = "waitForElement"
	waitForExpression = "waitForExpression"
	customStep        = "customStep"
	closePage         = "close"
)

// kind is which keys a step of a type has beside those of every step.
type kind struct{ needed, optional []string }

// kinds are all types of steps.
var kinds = map[string]kind{
	navigate: {[]string{"url"}, nil},
	setViewport: {
		[]string{"width", "height", "deviceScaleFactor", "isMobile", "hasTouch", "isLandscape"}, nil,
	},
	emulateNetwork:    {[]string{"download", "upload", "latency"}, nil},
	click:             pressKind,
	doubleClick:       pressKind,
	hover:             {[]string{"selectors"}, []string{"frame"}},
	change:            {[]string{"selectors", "value"}, []string{"frame"}},
	keyDown:           {[]string{"key"}, nil},
	keyUp:             {[]string{"key"}, nil},
	scroll:            {nil, []string{"frame", "selectors", "x", "y"}},
	waitForElement:    {[]string{"selectors"}, []string{"frame", "operator", "count", "visible", "properties", "attributes"}},
	waitForExpression: {[]string{"expression"}, []string{"frame"}},
	customStep:        {[]string{"name"}, []string{"frame", "parameters"}},
	closePage:         {nil, nil},
}

var pressKind = kind{[]string{"selectors", "offsetX", "offsetY"}, []string{"frame", "duration", "button", "deviceType"}}

// always are the keys that every step may have.
var always = []string{"type", "timeout", "assertedEvents", "target"}

func parseStep(raw json.RawMessage) (Step, error) {
	var s Step
	var keys map[string]json.RawMessage
	if err := value(raw, &keys); err != nil {
		return s, err
	}
	if _, ok := keys["type"]; !ok {
		return s, errors.New("type is missing")
	}
	if err := value(keys["type"], &s.Type); err != nil {
		return s, fmt.Errorf("type: %w", err)
	}
	k, ok := kinds[s.Type]
	if !ok {
		return s, fmt.Errorf("there is no type %q of steps", s.Type)
	}
	if err := keysOf(keys, k.needed, slices.Concat(always, k.optional)); err != nil {
		return s, err
	}
	for name, v := range keys {
		if string(v) == "null" {
			return s, fmt.Errorf("%s: it is null", name)
		}
	}
	if err := fault(json.Unmarshal(raw, &s)); err != nil {
		return s, err
	}
	if _, ok := keys["timeout"]; ok {
		if err := checkTimeout(s.Timeout); err != nil {
			return s, err
		}
	}
	if err := checkEvents(keys["assertedEvents"]); err != nil {
		return s, err
	}
	return s, s.check(keys)
}

func checkEvents(raw json.RawMessage) error {
	var all []map[string]json.RawMessage
	if raw == nil {
		return nil
	}
	if err := value(raw, &all); err != nil {
		return fmt.Errorf("assertedEvents: %w", err)
	}
	for _, e := range all {
		if err := keysOf(e, []string{"type"}, []string{"url", "title"}); err != nil {
			return fmt.Errorf("assertedEvents: %w", err)
		}
		if string(e["type"]) != `"navigation"` {
			return errors.New("assertedEvents: an event is of type navigation")
		}
	}
	return nil
}

// check makes sure of the values of a step.
func (s *Step) check(keys map[string]json.RawMessage) error {
	if _, ok := keys["selectors"]; ok && len(s.Selectors) == 0 {
		return errors.New("selectors: there is none")
	}
	for _, p := range s.Selectors {
		if len(p) == 0 || slices.Contains(p, "") {
			return errors.New("selectors: one is empty")
		}
	}
	if slices.ContainsFunc(s.Frame, func(i int) bool { return i < 0 }) {
		return errors.New("frame: a place is not negative")
	}
	for _, e := range []struct{ key, is, of string }{
		{"button", s.Button, "primary auxiliary secondary back forward"}, {"deviceType", s.DeviceType, "mouse pen touch"},
		{"operator", s.Operator, ">= == <="},
	} {
		if _, ok := keys[e.key]; ok && !slices.Contains(strings.Fields(e.of), e.is) {
			return fmt.Errorf("%s is none of %s", e.key, strings.ReplaceAll(e.of, " ", ", "))
		}
	}
	if s.Count != nil && *s.Count < 0 {
		return errors.New("count is negative")
	}
	for name, v := range s.Attributes {
		if _, ok := v.(string); !ok {
			return fmt.Errorf("attributes: %s is no text", name)
		}
	}
	switch s.Type {
	case navigate:
		return address(s.URL)
	case keyDown, keyUp:
		if s.Key == "" {
			return errors.New("key is empty")
		}
	case customStep:
		if s.Name == "" {
			return errors.New("name is empty")
		}
	}
	return nil
}
