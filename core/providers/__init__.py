"""The seam to those who make clips: what every provider does, in our words, and what holds for all.

`provider.Provider` is what a provider has to be; a room of its own, as `core.runway`, knows how it
speaks. The worker, accounting and pages know this room only, and no provider by name. Nothing
here knows the history or an address.
"""
