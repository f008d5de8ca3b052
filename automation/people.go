package automation

// Person is somebody of a tenant, as pages and requests may name them.
type Person struct {
	ID    string   `json:"id,omitempty"` // what the console calls the person; empty where its list does not show it
	Email string   `json:"email"`
	Names []string `json:"names,omitempty"` // as pages write it: "Ann Lee" and "Lee, Ann"
	// Has is what the list shows of whoever is meant, by first_name, last_name, role and time_zone; and by status, active or
	// inactive, where the change leaves that as it is.
	Has map[string]string `json:"-"`
}

// People are those whom a page or a request may name when something is committed.
type People struct {
	Meant  Person   `json:"meant"`
	Self   string   `json:"self"` // the e-mail of the account that acts, which any page may show
	SelfID string   `json:"-"`    // what the console calls it; empty where its list does not show it
	Others []Person `json:"others"`
	Roles  []string `json:"-"` // those that the list shows for anybody
}
