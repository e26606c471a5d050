"""From values to HTML: templates, blocks, texts, words."""
