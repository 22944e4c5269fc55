-- out: nothing
UPDATE run SET figures = $figures WHERE id = $id
