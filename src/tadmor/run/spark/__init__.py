"""Read reports into a folder of Parquet over a cluster of Spark, by the same functions as on one machine.

    files ──▶ documents ──▶ readings ──▶ stories ──▶ histories ──▶ tables
          inputs       reading      stories     histories     book

Every arrow is a job of its own whose result lies in the folder before the next begins (`book`), so that a run that was
stopped goes on from there and no executor that is lost takes more with it than what it was doing. Rows go from job to
job; to the driver come counts and the names of files, and nothing else.

Modules here import pyspark when they are used, and nothing else of Tadmor does.
"""
