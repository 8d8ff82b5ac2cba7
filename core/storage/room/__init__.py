"""Room on the disk: which originals may go and have gone, by which rules, and what takes how much.

The parts of the Studio, the recovery and the carrier come in. No file is touched here.
"""
