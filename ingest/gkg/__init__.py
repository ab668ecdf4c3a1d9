"""GDELT's Global Knowledge Graph: its list of files, and its rows about AI infrastructure. Pure but for threads."""
