"""Parsing of report pages."""

import json
from html.parser import HTMLParser


class Page(HTMLParser):
    """Collects the elements of a page, and the text of each kind."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self._open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        self.texts.append((self._open[-1] if self._open else "", data))

    def all(self, tag, **attributes):
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]

    def text(self, tag=None):
        return "".join(text for name, text in self.texts if tag is None or name == tag)

    def data(self):
        scripts = [text for name, text in self.texts if name == "script"]
        return json.loads(next(text for text in scripts if text.startswith("{")))


def steps(page, input=0, version=-1):
    """Return the data of one program on one input, with sequences in place of their numbers."""
    return page.data()["inputs"][input]["versions"][version]
