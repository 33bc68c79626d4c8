"""A second place for the event log: immutable segments and snapshots on a shelf off this machine, and the way back."""
