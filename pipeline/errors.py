"""The error whose text is for the person at the keyboard.

What belongs here: the one class that all such errors are, so that a command can say them without knowing who raised
them. What does not: the errors themselves, which stand beside what raises them.
"""


class PlainError(Exception):
    """What a person did or has cannot be worked with; the text is one sentence with the culprit and the way out."""
