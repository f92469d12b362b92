"""A book club: the smallest site with a user model of its own, and a chat in it."""
