-- out: image_id, neighbours, similarities of a graph, by image
SELECT image_id, neighbours, similarities FROM neighbour_list WHERE run_id = $run_id ORDER BY image_id
