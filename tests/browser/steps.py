"""What a person does, in one call."""

import re


def ask(page, text):
    """Types and sends a query; returns when every column has answered it."""
    before = page.evaluate("document.querySelector('div.grid').dataset.done = ''")
    page.locator("#query").fill(text)
    page.locator("#query").press("Enter")
    answered(page)
    return before


def answered(page):
    page.wait_for_function("document.querySelector('div.grid')?.dataset.done === 'yes'")


def words_of(page, selector):
    return re.sub(r"\s+", " ", " ".join(page.locator(selector).all_inner_texts())).strip()
