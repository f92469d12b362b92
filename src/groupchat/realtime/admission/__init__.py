"""Who may have a socket: where it comes from, who it is, and what is refused."""
