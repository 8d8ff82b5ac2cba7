"""Logs as JSON lines and figures for Prometheus.

Used by everybody. No secret and no output URL ever goes out.
"""
