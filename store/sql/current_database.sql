-- out: name
SELECT current_database()
