-- out: nothing; the pictures of the part test become the items of set $set_id
INSERT INTO evaluation_item (set_id, image_id, label) SELECT $set_id, image_id, label FROM incoming WHERE part = 'test'
