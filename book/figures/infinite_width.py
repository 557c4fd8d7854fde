"""Figures of the page on the infinite-width limit, each drawn with `sigae.InfiniteWidth` alone."""

import math
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

import sigae
from book.figures.style import COLUMN, INK, colour, styled
from sigae.activations import ACTIVATIONS

DIM = 32
NEAR: Any = {"textcoords": "offset points", "fontsize": 8.5}  # how words stand beside a point


@styled
def kernel() -> Figure:
    """Draw the tangent kernel of two inputs of the same norm against the angle between them."""
    figure = Figure(figsize=(COLUMN, 2.6))
    axes = figure.subplots(1, len(ACTIVATIONS), sharey=True)
    angles = torch.linspace(0, math.pi, 361, dtype=torch.float64)
    for ax, activation in zip(axes, ACTIVATIONS, strict=True):
        for norm, line in ((1, ":"), (16, "--"), (256, "-")):
            inputs = torch.zeros(len(angles), DIM, dtype=torch.float64)
            inputs[:, 0], inputs[:, 1] = norm * angles.cos(), norm * angles.sin()
            theta = sigae.InfiniteWidth(inputs[:1], activation=activation).kernel(inputs[0], inputs)
            ax.plot(angles.rad2deg(), theta / theta[0], color=colour("activation", activation), linestyle=line)
            if ax is axes[0]:
                place = 60 if norm > 1 else 130
                ax.annotate(f"$r$ = {norm}", (place, theta[2 * place] / theta[0]), (3, 4 if norm > 1 else -11), **NEAR)
        ax.set(title=activation, xlabel="angle (degrees)", xticks=[0, 60, 120, 180])
    axes[1].annotate("small norm:\nalmost the cosine", (65, 0.5), (0, 4), **NEAR)
    axes[2].annotate("large norm:\na narrow peak", (18, 0.1), (0, -34), **NEAR)
    axes[0].set_ylabel(r"$\Theta(x, x') \,/\, \Theta(x, x)$")
    return figure


@styled
def eigenvalues() -> Figure:
    """Draw the eigenvalues of sampled Jacobians, and those of their mean, in the complex plane."""
    figure = Figure(figsize=(COLUMN, 3.1))
    axes = figure.subplots(1, 3, sharex=True, sharey=True)
    said = ("some outside the circle:\nno attractor", "all inside:\nan attractor", "one near 1/2,\nthe others near 0")
    for ax, norm, words in zip(axes, (1, 16, 1024), said, strict=True):
        points = sigae.sphere_points(5, DIM, norm=norm)
        limit = sigae.InfiniteWidth(points, activation="erf")
        sampled = torch.linalg.eigvals(limit.sample_jacobians(points[0], samples=20)).ravel()
        mean = torch.linalg.eigvals(limit.mean_jacobian(points[0]))
        ax.add_patch(Circle((0, 0), 1, fill=False, color=INK, linewidth=1))
        ax.plot(sampled.real, sampled.imag, ".", markersize=2.5, color=colour("activation", "erf"), label="20 samples")
        ax.plot(mean.real, mean.imag, "x", markersize=5, color=INK, label="mean Jacobian")
        ax.set_title(f"$r$ = {norm}")
        ax.set(aspect="equal", xlim=(-1.35, 1.35), ylim=(-1.35, 1.35), xlabel=f"Re $\\lambda$\n{words}")
    axes[0].set_ylabel(r"Im $\lambda$")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


@styled
def radius() -> Figure:
    """Draw the spectral radius of the mean Jacobian, and where those of single networks lie, against the norm."""
    figure = Figure(figsize=(COLUMN, 2.6))
    axes: list[Axes] = list(figure.subplots(1, len(ACTIVATIONS), sharey=True))
    norms = np.geomspace(0.5, 2000, 28)
    for ax, activation in zip(axes, ACTIVATIONS, strict=True):
        bands = []
        for norm in norms:
            limit = sigae.InfiniteWidth(sigae.sphere_points(10, DIM, norm=norm), activation=activation)
            mean = sigae.spectral_radius(limit.mean_jacobian(limit.points[0])).item()
            sampled = sigae.spectral_radius(limit.sample_jacobians(limit.points[0], samples=100)).numpy()
            bands.append([mean, *np.quantile(sampled, [0.05, 0.95])])
        mean, low, high = np.transpose(bands)
        hue = colour("activation", activation)
        ax.fill_between(norms, low, high, color=hue, alpha=0.25, linewidth=0)
        ax.plot(norms, mean, color=hue)
        for threshold in (0.5, 1.0):
            ax.axhline(threshold, color="#777777", linestyle="--", linewidth=1)
        ax.set(title=activation, xscale="log", xlabel="norm $r$ of the patterns", xlim=(norms[0], norms[-1]))
    axes[0].annotate("one half", (norms[0], 0.5), (3, -11), **NEAR)
    axes[1].annotate("single\nnetworks", (10, 1.15), (12, -8), **NEAR)
    axes[1].annotate("mean network", (1, 0.37), (0, -4), **NEAR)
    axes[0].set_ylabel(r"spectral radius $\rho$")
    return figure
