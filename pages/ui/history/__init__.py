"""The history as posters or a table, its filters, and the import of tasks from elsewhere.

The History and the Unconfirmed page come in.
"""
