"""What is judged and what is refused of a clean set's faults by each kind of sensor."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from bench.fault_trials import Sensors, looked, simulated

from legato.body.model import Body
from legato.errors import BadInput, NotResolvable
from legato.recording import Recording
from legato.simulate.camera import Camera, film
from legato.simulate.imu import SuitErrors, wear_oriented_suit
from legato.simulate.make import Simulation
from legato.simulate.scenario import Scenario

SENSORS: Mapping[str, str] = {
    "imu": "segment sensors",
    "keypoints": "one camera from the right",
    "angles": "joint angles of another program",
}
_MARKERS = Sensors(100.0, 0.001, 0.001, 0.5)


@dataclass(frozen=True, slots=True)
class BySensor:
    """What one kind of sensor says of one fault in a clean set: a verdict, or `refused`."""

    sensor: str
    movement: str
    fault: str
    said: str
    why: str


def by_sensor(day: Scenario, earlier: Scenario) -> Iterator[BySensor]:
    """Every fault of the movement in a clean set against an earlier one, by each kind of sensor."""
    for sensor in SENSORS:
        try:
            baseline = looked(earlier, _seen(earlier, sensor), view=_view(sensor)).record()
            found = looked(day, _seen(day, sensor), (), baseline, _view(sensor)).findings
        except (BadInput, NotResolvable) as why:
            yield BySensor(sensor, day.movement, "", "refused", str(why))
            continue
        for finding in found:
            said = "refused" if finding.refused and finding.verdict == "not-resolvable" else finding.verdict
            yield BySensor(sensor, day.movement, finding.fault.id, said, f"{finding.side} {finding.why}")


def _seen(scenario: Scenario, sensor: str) -> Recording:
    simulation: Simulation = simulated(scenario, _MARKERS, scenario.seed, scenario.seed)
    if sensor == "keypoints":
        return film(simulation, Camera(view_deg=90.0 + scenario.heading_deg, seed=scenario.seed)).recording
    if sensor == "imu":
        return wear_oriented_suit(simulation, SuitErrors(rate_hz=100.0, mount_deg=5.0, seed=scenario.seed))
    return simulation.recording


def _view(sensor: str) -> Callable[[Body], Body]:
    return _angles_alone if sensor == "angles" else _whole


def _angles_alone(body: Body) -> Body:
    return replace(body, segments={}, points={}, source="angles")


def _whole(body: Body) -> Body:
    return body


def tell(rows: list[BySensor], examples: int) -> None:
    """Print what each kind of sensor says of clean sets, by movement; its commonest reasons to refuse; false faults."""
    for sensor, words in SENSORS.items():
        own = [row for row in rows if row.sensor == sensor]
        print(f"{words + ', clean sets':50} {'ok':>4}  not resolvable  refused  false")
        for movement in dict.fromkeys(row.movement for row in own):
            of_movement = [row for row in own if row.movement == movement]
            if not of_movement[0].fault:
                print(f"  {movement:48} refused as a whole: {of_movement[0].why}")
                continue
            _line(f"  {movement}", of_movement)
        _line("  all", [row for row in own if row.fault])
        reasons = Counter(row.why.rpartition(": ")[2].strip() for row in own if row.fault and row.said == "refused")
        for why, count in reasons.most_common(examples):
            print(f"    {count:4} refused: {why}")
        for row in [row for row in own if row.said == "fault"][:examples]:
            print(f"  false: {row.fault} in {row.movement}: {row.why}")


def _line(words: str, rows: list[BySensor]) -> None:
    said = Counter(row.said for row in rows)
    print(f"{words:50} {said['ok']:4}  {said['not-resolvable']:14}  {said['refused']:7}  {said['fault']:5}")
