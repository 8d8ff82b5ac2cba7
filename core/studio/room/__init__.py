"""Parts of the Studio for room on the disk: clean-up rules, and what takes how much.

Only the Studio and its assembly build them. The recovery runs the rules; nothing is removed here.
"""
