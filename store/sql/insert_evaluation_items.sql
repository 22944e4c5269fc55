-- out: nothing; the pictures of the part test become the items of set $set_id
INSERT INTO evaluation_item (set_id, image_id, label, labels)
SELECT $set_id, image_id, label, labels FROM incoming WHERE part = 'test'
