"""Run a stage over many inputs: in this process (`local`) or over worker processes (`pool`), with the same results."""
