"""The effect of an arm by a Bayesian multilevel model that starts sceptical (needs `pip install 'legato[bayes]'`)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.evidence.trials.mixed import CODE, Observation, check_pairs, complete_pairs
from legato.recording import FloatArray

SCEPTICAL = 0.05
"""SD of the effect before the data, as a share of the outcome (of logarithms: itself). Evidence 2.3, our own choice."""

MOST_R_HAT = 1.02
"""[ENG] Between 1.01 (Vehtari et al. 2021, Bayesian Anal 16:667), which chance exceeds with as few draws, and 1.1."""

LEAST_ESS = 400.0
"""Effective draws of every number told (Vehtari et al. 2021)."""

MOST_DIVERGENT = 0.01
"""Share of draws that may have left the path. [ENG] What lies behind such a place is then a small part."""

_CHAINS, _WARM_UP, _DRAWS = 4, 400, 600

_LONGER = 4
"""Times as many draws, and to warm up, where the first did not settle. [ENG] A chain that stood still for a while then
weighs little.
"""


@dataclass(frozen=True, slots=True)
class Chances:
    """How probable it is that an effect is `larger` than the effect of interest, `alike` (neither beyond it nor beyond
    it in the other direction), or `opposite`; they sum to 1.
    """

    larger: float
    alike: float
    opposite: float


@dataclass(frozen=True, slots=True)
class AthletePosterior:
    """One athlete's effect and its chances, drawn towards the others'."""

    athlete: str
    effect: Estimate
    chances: Chances


@dataclass(frozen=True, slots=True)
class Sampling:
    """How well the draws can be trusted: the worst of all numbers told, and the share of divergent draws."""

    r_hat: float
    ess: float
    divergent: float
    draws: int

    @property
    def settled(self) -> bool:
        """Whether they can be read. Not a number, as of draws that stand still, is no pass either."""
        return self.r_hat <= MOST_R_HAT and self.ess >= LEAST_ESS and self.divergent <= MOST_DIVERGENT


@dataclass(frozen=True, slots=True)
class Posterior:
    """The mean effect with its chances and each athlete's; `spread`: SD between athletes, None of a single one.

    `prior_sd`: how large an effect was thought likely before the data. `learnt`: the share of the doubt before them
    that the data took away, 1 - (SD after / SD before)²; where it is far below 1 the answer is held back towards 0.
    """

    effect: Estimate
    chances: Chances
    spread: Estimate | None
    athletes: tuple[AthletePosterior, ...]
    order: Estimate
    carry_over: Estimate
    prior_sd: float
    learnt: float
    sampling: Sampling


def bayesian_effect(
    observations: Sequence[Observation],
    *,
    prior_sd: float,
    effect_of_interest: float,
    unit: str = "",
    level: float = LEVEL,
    seed: int = 0,
) -> Posterior:
    """What arm A adds over arm B.

    Parameters
    ----------
    observations
        As `mixed_effect` takes them. A session whose pair lost the other counts here.
    prior_sd
        SD of the effect before the data, in the unit of the values: `SCEPTICAL` times their mean, or `SCEPTICAL` where
        they are logarithms.
    effect_of_interest
        Above 0, in the unit of the values.
    unit, level
        Of the intervals.
    seed
        Of the draws; the same seed gives the same answer.

    Returns
    -------
    The posterior of: value ~ t(level of the athlete + effect of the athlete · arm + order + trend + carry-over, SD of
    the athlete), by NUTS. Errors of neighbouring sessions are correlated, within pairs and from pair to pair, effects
    normal between athletes. The trend is straight over all sessions; order, trend and carry-over are alike in all
    athletes.

    Raises
    ------
    BadInput
        `numpyro` is missing, a size is not above 0, or the sessions are no pairs.
    NotResolvable
        As `mixed_effect`, or the draws did not settle.

    References
    ----------
    Hoffman & Gelman 2014, J Mach Learn Res 15:1593; Gelman 2006, Bayesian Anal 1:515 (half-normal spread);
    Schmid & Yang 2022, Harv Data Sci Rev (Bayesian models for N-of-1 trials).
    """
    return bayesian_effects(
        [observations], prior_sd=prior_sd, effect_of_interest=effect_of_interest, unit=unit, level=level, seed=seed
    )[0]


def bayesian_effects(
    many: Sequence[Sequence[Observation]],
    *,
    prior_sd: float,
    effect_of_interest: float,
    unit: str = "",
    level: float = LEVEL,
    seed: int = 0,
) -> list[Posterior]:
    """As `bayesian_effect`, of several sets of sessions at once. All have as many athletes, and the same first and last
    pair.
    """
    if not (math.isfinite(prior_sd) and prior_sd > 0.0 and effect_of_interest > 0.0):
        raise BadInput(f"a prior SD of {prior_sd} and an effect of interest of {effect_of_interest}: both lie above 0")
    prepared = [_prepared(observations, prior_sd) for observations in many]
    grids = {name: np.stack([grid[name] for grid, _, _ in prepared]) for name in prepared[0][0]}
    drawn = _drawn(grids, seed)
    unsettled = [i for i, one in enumerate(drawn) if not _sampling(*one).settled]
    if unsettled:
        longer = _drawn({name: values[unsettled] for name, values in grids.items()}, seed, _LONGER)
        for i, one in zip(unsettled, longer, strict=True):
            drawn[i] = one
    return [
        _told(*one, names, scale, prior_sd, effect_of_interest, unit, level)
        for one, (_, names, scale) in zip(drawn, prepared, strict=True)
    ]


def _told(
    draws: Mapping[str, FloatArray], divergent: FloatArray, names: tuple[str, ...], scale: float, prior_sd: float,
    effect_of_interest: float, unit: str, level: float,
) -> Posterior:  # fmt: skip
    """What the draws say, in the unit of the values."""
    sampling = trusted(draws, divergent)

    def estimate(values: FloatArray) -> Estimate:
        low, value, high = np.quantile(values * scale, [0.5 - 0.5 * level, 0.5, 0.5 + 0.5 * level])
        return Estimate(float(value), float(low), float(high), level, unit)

    def chances(values: FloatArray) -> Chances:
        larger = float(np.mean(values * scale > effect_of_interest))
        opposite = float(np.mean(values * scale < -effect_of_interest))
        return Chances(larger, 1.0 - larger - opposite, opposite)

    flat = {name: value.reshape(-1, *value.shape[2:]) for name, value in draws.items()}
    athletes = tuple(
        AthletePosterior(name, estimate(flat["effects"][:, i]), chances(flat["effects"][:, i]))
        for i, name in enumerate(names)
    )
    return Posterior(
        effect=estimate(flat["effect"]),
        chances=chances(flat["effect"]),
        spread=estimate(flat["spread"]) if "spread" in flat else None,
        athletes=athletes,
        order=estimate(flat["order"]),
        carry_over=estimate(flat["carry_over"]),
        prior_sd=prior_sd,
        learnt=max(0.0, 1.0 - (float(flat["effect"].std()) * scale / prior_sd) ** 2),
        sampling=sampling,
    )


def _prepared(observations: Sequence[Observation], prior_sd: float) -> tuple[dict[str, Any], tuple[str, ...], float]:
    """The sessions as arrays, whose they are, and the SD within athletes."""
    table = complete_pairs(observations)
    check_pairs(table)
    grid, scale = arrange(observations, table.names)
    grid["size"] = np.asarray(prior_sd / scale, dtype=np.float32)
    return grid, table.names, scale


def arrange(observations: Sequence[Observation], names: tuple[str, ...]) -> tuple[dict[str, Any], float]:
    """Sessions as arrays, shape (athletes, sessions), each athlete about its own mean, over the SD within athletes;
    and that SD.
    """
    first = min(item.pair for item in observations)
    count = 2 * (max(item.pair for item in observations) - first + 1)
    shape = (len(names), count)
    value, seen, arm = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for item in observations:
        if item.athlete in names:
            at = names.index(item.athlete), 2 * (item.pair - first) + item.place - 1
            value[at], seen[at], arm[at] = item.value, 1.0, CODE[item.arm]
    n = seen.sum(axis=1, keepdims=True)
    value -= seen * (value.sum(axis=1, keepdims=True) / n)
    scale = math.sqrt(float((value**2).sum()) / float((n - 1).sum()))
    before = np.zeros(shape)
    before[:, 1:] = (arm * seen)[:, :-1]
    # A second session follows on the first one of its pair, whose arm is known even where its number was lost.
    before[:, 1::2] = -arm[:, 1::2]
    linked = np.zeros(shape)
    linked[:, 1:] = seen[:, :-1] * seen[:, 1:]
    grid = {
        "value": value / scale,
        "seen": seen,
        "arm": arm,
        "order": np.tile([-0.5, 0.5], (len(names), count // 2)),
        "time": np.tile(np.linspace(-0.5, 0.5, count), (len(names), 1)),
        "before": before,
        "linked": linked,
    }
    return {name: np.asarray(array, dtype=np.float32) for name, array in grid.items()}, scale


def _model(value: Any, seen: Any, arm: Any, order: Any, time: Any, before: Any, linked: Any, size: Any) -> None:
    """Numbers in SDs within athletes; `size`: SD of the effect before the data.

    What is not asked for starts wide in these units: order, and a trend from first to last session, of twice and four
    times the SD, carry-over of once.
    """
    import jax.numpy as jnp
    import numpyro
    from jax.scipy.special import gammaln
    from numpyro import distributions as d

    athletes = value.shape[0]
    effect = size * numpyro.sample("z_effect", d.Normal(0.0, 1.0))
    gamma = 2.0 * numpyro.sample("z_order", d.Normal(0.0, 1.0))
    slope = 4.0 * numpyro.sample("z_trend", d.Normal(0.0, 1.0))
    carry = numpyro.sample("z_carry", d.Normal(0.0, 1.0))
    freedom = 1.0 + jnp.exp(numpyro.sample("log_freedom", d.Normal(2.5, 1.0)))
    follows = numpyro.sample("follows", d.Uniform(-0.9, 0.9).expand([2]).to_event(1))
    log_sd = numpyro.sample("log_sd", d.Normal(0.0, 1.0))
    each = numpyro.sample("each", d.Normal(0.0, 1.0).expand([3 if athletes > 1 else 1, athletes]).to_event(2))
    if athletes > 1:
        spread = size * numpyro.sample("z_spread", d.HalfNormal(1.0))
        effects, sd = effect + spread * each[1], jnp.exp(log_sd + 0.5 * each[2])
        numpyro.deterministic("spread", spread)
    else:
        effects, sd = effect * jnp.ones(1), jnp.exp(log_sd) * jnp.ones(1)
    expected = each[0][:, None] + effects[:, None] * arm + gamma * order + slope * time + carry * before
    left = value - expected
    # On the session before it a second session of a pair hangs by the day as well, a first one does not.
    share = linked * jnp.where(order > 0.0, follows[0], follows[1])
    carried = share * jnp.concatenate([jnp.zeros((athletes, 1)), left[:, :-1]], axis=1)
    width = sd[:, None] * jnp.sqrt(1.0 - share**2)
    error = (left - carried) / width
    constant = gammaln(0.5 * (freedom + 1.0)) - gammaln(0.5 * freedom) - 0.5 * jnp.log(freedom)
    likely = constant - 0.5 * (freedom + 1.0) * jnp.log1p(error**2 / freedom) - jnp.log(width)
    numpyro.factor("likelihood", jnp.sum(likely * seen))
    for name, told in (("effect", effect), ("effects", effects), ("order", gamma), ("carry_over", carry)):
        numpyro.deterministic(name, told)


@cache
def sampler(times: int = 1) -> Any:
    """NUTS, compiled once for sessions of one shape; `times` as many draws as usual."""
    try:
        import jax
        from numpyro.infer import MCMC, NUTS
        from numpyro.infer.initialization import init_to_median
    except ModuleNotFoundError:
        raise BadInput("the Bayesian model needs the package numpyro: pip install 'legato[bayes]'") from None

    def run(key: Any, grid: Mapping[str, Any]) -> Any:
        kernel = NUTS(_model, target_accept_prob=0.9, init_strategy=init_to_median(num_samples=5))
        chains = MCMC(
            kernel,
            num_warmup=times * _WARM_UP,
            num_samples=times * _DRAWS,
            num_chains=_CHAINS,
            chain_method="vectorized",
            progress_bar=False,
        )
        chains.run(key, extra_fields=("diverging",), **grid)
        return chains.get_samples(group_by_chain=True), chains.get_extra_fields(group_by_chain=True)["diverging"]

    return jax.jit(jax.vmap(run))


def _drawn(grids: Mapping[str, Any], seed: int, times: int = 1) -> list[tuple[dict[str, FloatArray], FloatArray]]:
    """Of each set the draws by name, shape (chains, draws, ...), of the numbers that are told; and which diverged."""
    run = sampler(times)
    import jax

    keys = jax.random.split(jax.random.PRNGKey(seed), len(grids["size"]))
    samples, divergent = run(keys, dict(grids))
    told = ("effect", "effects", "spread", "order", "carry_over")
    draws = {name: np.asarray(samples[name], dtype=np.float64) for name in told if name in samples}
    left = np.asarray(divergent, dtype=np.float64)
    return [({name: values[i] for name, values in draws.items()}, left[i]) for i in range(len(left))]


def _sampling(draws: Mapping[str, FloatArray], divergent: FloatArray) -> Sampling:
    """How well the chains agree."""
    from numpyro.diagnostics import effective_sample_size, split_gelman_rubin

    with np.errstate(divide="ignore", invalid="ignore"):
        # `np.max` and `np.min` keep what is not a number, of whichever draws.
        r_hat = float(np.max([np.max(split_gelman_rubin(values)) for values in draws.values()]))
        ess = float(np.min([np.min(effective_sample_size(values)) for values in draws.values()]))
    return Sampling(r_hat, ess, float(divergent.mean()), divergent.size)


def trusted(draws: Mapping[str, FloatArray], divergent: FloatArray) -> Sampling:
    """How well the chains agree; refuses draws that did not settle."""
    found = _sampling(draws, divergent)
    if not found.settled:
        raise NotResolvable(
            f"the draws of the Bayesian model did not settle (R-hat {found.r_hat:.3f}, {found.ess:.0f} effective draws,"
            f" {found.divergent:.1%} divergent); the mixed model answers without draws"
        )
    return found
