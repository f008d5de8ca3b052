package selectors

import "fmt"

// Copy is the text of a new version's file that begins as this one, for another layout and date: everything else, comments too,
// stays as it is.
func (v *Version) Copy(layout, date string) ([]byte, error) {
	source := fmt.Sprintf("Begun as a copy of %s.", v.ID)
	text, err := v.file.With(map[string]string{"layout": layout, "date": date, "source": source})
	if err != nil {
		return nil, fmt.Errorf("copying version %s: %w", v.ID, err)
	}
	return text, nil
}
