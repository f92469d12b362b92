"""One file per command. What needs Django awake is imported after `set_up`."""
