"""Stiffness and integration error where the answer is known."""

import numpy as np
import pytest

import sigae
from book.experiments.from_hours_to_a_second import flow_and_descent, integration_error, stiffness

SMALL = {"n_points": 3, "width": 60, "dim": 8, "seed": 1}


def test_condition_number_is_that_of_the_averaged_gradients():
    model, points = sigae.Autoencoder(8, 60, seed=1), sigae.sphere_points(3, 8, norm=2.0, seed=1)
    T = np.zeros((3, 3))
    for a in range(8):
        rows = []
        for i in range(3):
            model.zero_grad()
            model(points[i])[a].backward()
            rows.append(np.concatenate([w.grad.numpy().ravel() for w in model.weights]))
        T += np.array(rows) @ np.array(rows).T / 8
    record = stiffness(norm=2.0, **SMALL)
    assert record["condition"] == pytest.approx(np.linalg.cond(T), rel=1e-9)
    assert record["converged"]
    assert record["report_steps"] > 10 * record["steps"]


def test_error_of_the_reference_itself_is_nothing_and_grows_with_the_tolerance():
    def error(**how):
        record = integration_error(norm=10.0, **SMALL, **how)
        assert record["converged"]
        return record["jacobian_error"]

    assert error(step_tolerance=1e-4) == 0
    assert 0 < error(step_tolerance=1e-3) < error(step_tolerance=3e-2)
    assert error(learning_rate=0.25) < error(learning_rate=1.0)


def test_descent_is_compared_with_the_flow_from_the_same_weights():
    record = flow_and_descent(norm=10.0, learning_rate=1.0, **SMALL)
    exact = integration_error(norm=10.0, learning_rate=1.0, **SMALL)
    assert record["steps"] == exact["steps"]
    assert record["radius_descent"] == exact["radius"]
    assert record["difference"] == pytest.approx(
        exact["jacobian_error"], rel=0.05
    )  # of the default, not the exact flow
    assert record["descent_steps"] == pytest.approx(record["equivalent_steps"], rel=0.05)
