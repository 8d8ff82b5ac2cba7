"""The pages, one module each, and in `ui` the parts that they draw."""
