-- name: current_rubric
-- out: edition, criteria, who, written_at of a dataset's rubric as it is now; no row where nobody has changed the first one
SELECT edition, criteria, who, written_at FROM rubric WHERE dataset_id = $dataset_id ORDER BY edition DESC LIMIT 1

-- name: rubric_history
-- out: edition, criteria, who, written_at of every wording of a dataset's rubric, newest first
SELECT edition, criteria, who, written_at FROM rubric WHERE dataset_id = $dataset_id ORDER BY edition DESC LIMIT $n_rows

-- name: insert_rubric
-- out: nothing
INSERT INTO rubric (dataset_id, edition, criteria, who, written_at)
VALUES ($dataset_id, $edition, $criteria, $who, $written_at)

-- name: list_sheets
-- out: reviewer, edition, rubric_edition, scores, state, who, written_at of a dataset's sheets as they are now, by reviewer
SELECT reviewer, edition, rubric_edition, scores, state, who, written_at
FROM current_rubric_sheet WHERE dataset_id = $dataset_id ORDER BY reviewer

-- name: sheet_history
-- out: reviewer, edition, rubric_edition, scores, state, who, written_at of every edition of a reviewer's sheet, newest first
SELECT reviewer, edition, rubric_edition, scores, state, who, written_at
FROM rubric_sheet WHERE dataset_id = $dataset_id AND reviewer = $reviewer ORDER BY edition DESC LIMIT $n_rows

-- name: insert_sheet
-- out: nothing
INSERT INTO rubric_sheet (dataset_id, reviewer, edition, rubric_edition, scores, state, who, written_at)
VALUES ($dataset_id, $reviewer, $edition, $rubric_edition, $scores, $state, $who, $written_at)
