"""The threads in which the domain runs, and how many posts become one transaction."""
