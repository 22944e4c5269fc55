-- out: nothing; the rows of incoming without a group_number: first_image, second_image, cosine, bits
INSERT INTO duplicate_pair
SELECT $run_id, first_image, second_image, cosine, bits FROM incoming WHERE group_number IS NULL
