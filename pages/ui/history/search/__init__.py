"""The search of the History: its field, the controls that write into it, and views kept by name.

The History and a generation's record come in. It reads and writes texts, never rows.
"""
