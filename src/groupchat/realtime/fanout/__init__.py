"""From one process to its sockets: topics, frames, and bounded outboxes. Knows neither Django nor Channels."""
