"""Domain values become embeds, buttons and modals; pure, no I/O."""
