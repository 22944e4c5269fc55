-- out: n rows of the table or view $table_name
SELECT count(*) AS n FROM query_table($table_name)
