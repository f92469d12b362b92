"""From the database to whoever listens: publications, the broker, the sweep, and what is read on coming back."""
