"""How models are made: needs the extra ``train`` (torch, transformers, scikit-learn).

``admin_cli.py model …`` fine-tunes any BERT on the corpus and on what people corrected;
``python -m nlp.training.e5`` makes the base of the built-in model. Nothing here is imported by
the running bot.
"""
