-- What was taken in from elsewhere before such files were checked: evidence that is no JSON object, nobody's name, times
-- of another age. Nothing that was written is lost: such evidence is kept as a note.

UPDATE decision SET evidence = json_object('note', evidence)
WHERE evidence IS NOT NULL
    AND NOT CASE WHEN json_valid(evidence) THEN json_type(evidence) = 'OBJECT' ELSE false END;

UPDATE decision SET who = 'unknown' WHERE NOT regexp_matches(who, '[^\s\p{C}]');

UPDATE decision SET decided_at = greatest(least(decided_at, TIMESTAMP '2199-12-31 23:59:59'), TIMESTAMP '1970-01-01')
WHERE decided_at NOT BETWEEN TIMESTAMP '1970-01-01' AND TIMESTAMP '2199-12-31 23:59:59';

-- As before, but that evidence which is no JSON object is none: a malformed text would stop whatever looks into it.
CREATE OR REPLACE VIEW standing_decision AS
SELECT * REPLACE (
    CASE WHEN NOT json_valid(evidence) THEN NULL WHEN json_type(evidence) = 'OBJECT' THEN evidence END AS evidence
)
FROM decision
WHERE act <> 'undo' AND id NOT IN (SELECT undoes FROM decision WHERE act = 'undo' AND undoes IS NOT NULL);
