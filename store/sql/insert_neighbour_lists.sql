-- out: nothing; adds the rows of incoming (image_id, neighbours, similarities, reason) without a reason
INSERT INTO neighbour_list
SELECT $run_id, image_id, neighbours, similarities FROM incoming WHERE reason IS NULL ORDER BY image_id
