"""What was spent: sums by day and by anything else, the ledger, and caps.

The accounting, the parts of the Studio and the pages' sums come in. Nothing here changes a charge.
"""
