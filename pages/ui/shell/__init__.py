"""What `pages/shell.py` draws around every page: styles, navigation, notices, the browser's tab.

The shell and the pages come in, no part of a page. Nothing here knows what a page is about.
"""
