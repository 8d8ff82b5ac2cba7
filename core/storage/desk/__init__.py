"""What people say of generations and do with them: each change is written with its decision.

The parts of the Studio and the recovery come in. No request and no cost is changed here.
"""
