"""`python -m groupchat.server` is `groupchat`."""

from groupchat.server.entry import main

main()
