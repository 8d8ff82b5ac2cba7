"""What agents talk to: the tools of Dailies over MCP, beside the pages or by a process of its own.

A tool that spends says its price, and refuses what its caller did not allow.
"""
