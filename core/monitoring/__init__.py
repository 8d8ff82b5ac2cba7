"""Logs as JSON lines and figures for Prometheus.

Anyone may report here. Neither a secret nor the address of an output ever goes out.
"""
