-- out: nothing; seconds add up over a job's attempts
UPDATE run SET complete = $complete, seconds = coalesce(seconds, 0) + $seconds, figures = $figures,
    device = coalesce($device, device), finished_at = $finished_at
WHERE id = $id
