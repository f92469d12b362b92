"""What a client asks for: one session a socket, and what each command does."""
