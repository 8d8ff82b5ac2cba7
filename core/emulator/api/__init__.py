"""The emulator over HTTP: Runway's endpoints, its own control endpoints, and scripted faults.

`core.emulator` starts it; everyone else calls it over the wire. It decides nothing about a task.
"""
