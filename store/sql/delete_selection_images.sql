-- out: (nothing)
DELETE FROM selection_image WHERE selection_id = $selection_id
