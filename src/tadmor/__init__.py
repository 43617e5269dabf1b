"""Tadmor: from news reports about wars to a sourced, dated, mapped record of who holds which place.

Read `tadmor.pipeline` first.
"""

__version__ = "0.1.0"
