"""Everything Babelscope knows about searching across languages; nothing here imports the interface."""
