"""Writes docs/case-stages.md from the table of transitions: python -m tests.cases.draw_stages."""

from tests.cases.test_stages import PAGE, diagram

TEXT = f"""# The stages of a case

Drawn from `bot/cases/stages.py` by `python -m tests.cases.draw_stages`. The ladder follows
UU 2/2004: bipartit (art. 3), recording and mediation (art. 4-15), PHI (art. 5). `selesai` needs
an outcome; a closed case can be reopened for 30 days and keeps its number.

```mermaid
{diagram()}
```
"""

if __name__ == "__main__":
    PAGE.write_text(TEXT)
