"""Parts of the Studio for what has been made: reviews, projects, comparisons, families, trash.

Only the Studio and its assembly build them. Nothing here costs a credit.
"""
