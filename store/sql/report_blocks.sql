-- name: next_block_id
-- out: id
SELECT nextval('report_block_ids')

-- name: list_blocks
-- out: id, report_id, edition, place, kind, title, text, settings, page, query, hidden, who, written_at of a report's
-- blocks in order
SELECT id, report_id, edition, place, kind, title, text, settings, page, query, hidden, who, written_at
FROM current_block WHERE report_id = $report_id ORDER BY place, id

-- name: block_history
-- out: edition, title, text, hidden, forgotten, who, written_at of every wording of block $block_id, newest first
SELECT edition, title, text, hidden, forgotten, who, written_at
FROM report_block WHERE id = $block_id ORDER BY edition DESC LIMIT $n_rows

-- name: newest_block_edition
-- out: edition, forgotten, who, written_at of the newest edition of block $block_id of a report; no row without one
SELECT edition, forgotten, who, written_at FROM report_block
WHERE id = $block_id AND report_id = $report_id ORDER BY edition DESC LIMIT 1

-- name: insert_block
-- out: nothing
INSERT INTO report_block (id, report_id, edition, place, kind, title, text, settings, page, query, hidden, forgotten, who,
    written_at)
VALUES ($block_id, $report_id, $edition, $place, $kind, $title, $text, $settings, $page, $query, $hidden, $forgotten, $who,
    $written_at)

-- name: renumber_blocks
-- out: nothing; the blocks of report $report_id get the places 1, 2, 3, ... in their order, which stays
UPDATE report_block SET place = ordered.rank
FROM (SELECT id, edition, row_number() OVER (ORDER BY place, id) AS rank FROM current_block WHERE report_id = $report_id)
    AS ordered
WHERE report_block.id = ordered.id AND report_block.edition = ordered.edition

-- name: list_drawings
-- out: block_id, parts, run_ids, last_decision, drawn_at of a report's blocks
SELECT drawing.block_id, drawing.parts, drawing.run_ids, drawing.last_decision, drawing.drawn_at
FROM block_drawing AS drawing JOIN current_block AS block ON block.id = drawing.block_id
WHERE block.report_id = $report_id

-- name: delete_drawing
-- out: nothing
DELETE FROM block_drawing WHERE block_id = $block_id

-- name: insert_drawing
-- out: nothing
INSERT INTO block_drawing (block_id, parts, run_ids, last_decision, drawn_at)
VALUES ($block_id, $parts, $run_ids, $last_decision, $drawn_at)

-- name: dataset_of_report
-- out: dataset_id of the report $report_id, or of the one that has the block $block_id
SELECT max(report.dataset_id) FROM report
WHERE report.id = $report_id OR report.id IN (SELECT report_id FROM report_block WHERE report_block.id = $block_id)
