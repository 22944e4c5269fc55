-- out: nothing; ATTACH takes no bound values, the caller escapes the file name
ATTACH '{target}' AS vitrine_snapshot
