"""Pictures of workflows: painted into images of fixed sizes, and shown to be looked around in."""
