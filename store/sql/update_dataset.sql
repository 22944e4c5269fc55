-- out: nothing
UPDATE dataset SET task = $task, layout = $layout, import_options = $import_options, n_files = $n_files,
    source = coalesce($source, source), licence = coalesce($licence, licence), imported_at = $imported_at
WHERE id = $id
