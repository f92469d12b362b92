"""`python -m groupchat.server` is `groupchat`."""

from groupchat.server.cli import main

main()
