"""How models are made: needs the extra ``train`` (torch, transformers, scikit-learn).

``python -m nlp.training`` makes the built-in model; ``admin_cli.py model …`` fine-tunes any
BERT on the corpus and on what people corrected. Nothing here is imported by the running bot.
"""
