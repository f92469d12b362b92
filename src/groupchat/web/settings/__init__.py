"""The page on which people change what is theirs: a module for each part of it."""
