package selectors

// Fingerprint is what the element of a target looked like: by it one that has changed is found again, as a proposal
// for a person. Each text has at most 80 characters. Nothing that is typed into a field is in it.
type Fingerprint struct {
	Tag         string `json:"tag,omitempty"`         // its name in HTML
	Role        string `json:"role,omitempty"`        // WAI-ARIA role
	Name        string `json:"name,omitempty"`        // accessible name
	Text        string `json:"text,omitempty"`        // what a person reads in it
	Type        string `json:"type,omitempty"`        // of a field or button
	Field       string `json:"field,omitempty"`       // the attribute name
	ID          string `json:"id,omitempty"`          // the attribute id
	TestID      string `json:"testid,omitempty"`      // data-testid, data-test-id or data-test
	Label       string `json:"label,omitempty"`       // aria-label
	Alt         string `json:"alt,omitempty"`         // the attribute alt
	Title       string `json:"title,omitempty"`       // the attribute title
	Placeholder string `json:"placeholder,omitempty"` // the attribute placeholder
	Href        string `json:"href,omitempty"`        // where a link leads, * for whose it is; ? for a query, no fragment
	Data        string `json:"data,omitempty"`        // what marks say it does, such as data-icon=trash
	Beside      string `json:"beside,omitempty"`      // what stands around it
	Path        string `json:"path,omitempty"`        // absolute XPath
	Box         []int  `json:"box,omitempty"`         // left, top, width and height in CSS pixels of the window
}
