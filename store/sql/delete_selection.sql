-- out: (nothing)
DELETE FROM selection WHERE id = $selection_id
