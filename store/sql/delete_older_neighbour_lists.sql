-- out: nothing; the lists of older graphs of the space that run $run_id searched
DELETE FROM neighbour_list WHERE run_id IN (
    SELECT older.id FROM run AS older JOIN run AS mine ON mine.id = $run_id
    WHERE older.kind = 'neighbours' AND older.dataset_id = mine.dataset_id AND older.model = mine.model
        AND older.id < mine.id
)
