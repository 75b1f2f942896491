"""The part of JAX that the Bayesian model uses; arrays and keys are taken as they come."""

from collections.abc import Callable
from typing import Any

from jax import numpy as numpy
from jax import random as random

def jit(fun: Callable[..., Any]) -> Callable[..., Any]: ...
def vmap(fun: Callable[..., Any]) -> Callable[..., Any]: ...
