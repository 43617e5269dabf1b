"""Run a stage over many inputs, with the same results: in this process (`local`), over worker processes (`pool`), or
over a cluster, which also does what comes after (`spark`)."""
