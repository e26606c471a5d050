"""Who may read and who may act: asked before every address but those that say nothing of what is stored."""
