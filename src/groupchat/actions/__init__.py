"""The verbs: everything that writes. Synchronous, transactional, with keyword-only arguments.

An action may run inside a transaction of the caller: what it changed is published after the outermost commit.
"""
