"""Is it fast? Answers, indexing, start, memory and many users, against peers and the machine."""
