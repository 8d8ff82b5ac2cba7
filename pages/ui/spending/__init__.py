"""What was spent, by period, and compared with Runway's figures.

Used by the Spending and Settings pages and the page of a generation.
"""
