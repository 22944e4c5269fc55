-- out: nothing; the rows of incoming with a group_number: first_image is its member
INSERT INTO duplicate_group
SELECT $run_id, group_number, first_image, reasons, cosine FROM incoming WHERE group_number IS NOT NULL
