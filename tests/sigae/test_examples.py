"""Every public function, class and method of its own has an example, and it holds."""

import doctest
import inspect

import pytest

import sigae
from sigae import activations, infinite_width, training

HOLDERS = (sigae, infinite_width, training, activations)
PUBLIC = {name: value for holder in HOLDERS for name in holder.__all__ if callable(value := getattr(holder, name))}
PUBLIC = {name: value for name, value in PUBLIC.items() if inspect.isfunction(value) or inspect.isclass(value)}


@pytest.mark.parametrize("name", PUBLIC)
def test_examples(name):
    found = doctest.DocTestFinder().find(PUBLIC[name], name, globs=dict(inspect.getmodule(PUBLIC[name]).__dict__))
    runner = doctest.DocTestRunner(verbose=False)
    assert any(test.examples for test in found), f"{name} has no example"
    assert [runner.run(test).failed for test in found if test.examples] == [0] * sum(bool(t.examples) for t in found)
