"""The local web application: a read-only JSON API over one record, and a front end that uses nothing else."""
