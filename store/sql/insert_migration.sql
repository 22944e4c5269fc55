-- out: nothing; in: number, name, applied_at
INSERT INTO migration VALUES (?, ?, ?)
