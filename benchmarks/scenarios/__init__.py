"""What is measured, one module per question. Each takes a stage and adds its figures to the report."""
