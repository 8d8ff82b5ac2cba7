"""What was spent, by period, and beside what Runway says.

Spending, Settings and the generation's page come in.
"""
