package journal

import (
	"context"
	"database/sql"
	"fmt"
)

// Unaudited lists a tenant's operations whose end the audit log does not have, oldest first.
func (j *Journal) Unaudited(ctx context.Context, tenant string) ([]Operation, error) {
	return j.query(ctx, "WHERE tenant = $1 AND outcome <> '' AND audited = 0 ORDER BY created_at, id", tenant)
}

// Audited notes that the audit log has the end of an operation.
func (j *Journal) Audited(ctx context.Context, id string) error {
	err := j.tx(ctx, "audited", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE operations SET audited = 1 WHERE id = $1", id)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down that the audit log has operation %s: %w", id, err)
	}
	return nil
}
